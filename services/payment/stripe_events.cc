// The part of StripeClient that asks what has happened.
#include "services/payment/stripe_client.h"

namespace fsft::payment {

absl::StatusOr<EventPage> StripeClient::ListEvents(const EventQuery& query,
                                                   rpc::Deadline deadline) const {
  StripeApi::Form form = {{"limit", std::to_string(query.limit)},
                          {"created[gte]", std::to_string(time::UnixSeconds(query.from))},
                          {"created[lt]", std::to_string(time::UnixSeconds(query.until))}};
  for (const std::string& type : query.types) form.emplace_back("types[]", type);
  if (!query.starting_after.empty()) form.emplace_back("starting_after", query.starting_after);
  const absl::StatusOr<http::Response> response = api_.Get("/v1/events", form, deadline);
  if (!response.ok()) return response.status();
  if (response->status != 200) return UnexpectedAnswer("stripe showed no events", *response);
  return ReadEventPage(response->body);
}

}  // namespace fsft::payment
