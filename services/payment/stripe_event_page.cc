#include "services/payment/stripe_event_page.h"

#include "services/payment/stripe_json.h"
#include "services/payment/stripe_page.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

// An event that cannot be read must not keep those behind it from being seen: it is left out, and
// the list goes on after its id.
absl::StatusOr<EventPage> ReadEventPage(const std::string& body) {
  const absl::StatusOr<ListPage> list = ReadListPage(body);
  if (!list.ok()) return list.status();
  EventPage page{.has_more = list->has_more};
  for (const StripeObject& object : list->data) {
    page.last_id = object.Text("id");
    if (page.last_id.empty()) return Unreadable();
    absl::StatusOr<StripeEvent> event = ParseStripeEvent(object);
    if (!event.ok()) {
      logging::Error("stripe listed an event that cannot be read", {{"event_id", page.last_id}});
      continue;
    }
    event->source = "list";
    page.events.push_back(*std::move(event));
  }
  return page;
}

}  // namespace fsft::payment
