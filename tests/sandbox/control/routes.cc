#include "tests/sandbox/control/routes.h"

#include <httplib.h>

#include "tests/sandbox/control/lob_routes.h"
#include "tests/sandbox/control/request.h"
#include "tests/sandbox/control/stripe_routes.h"
#include "tests/sandbox/control/webhook_routes.h"

namespace fsft::sandbox {
namespace {

using httplib::Request;

constexpr size_t kAllLetters = 100'000;

ControlHandler Lists(Records& records) {
  return [&records](const Request& request) {
    const ListQuery query = ParseListQuery(request);
    return records.List(query.filter, query.at_least, query.timeout);
  };
}

void AddRecords(httplib::Server& server, const ControlParts& parts) {
  AddGet(server, "/sandbox/stripe/requests", Lists(parts.stripe.requests));
  AddGet(server, "/sandbox/stripe/webhooks", Lists(parts.stripe.attempts));
  AddGet(server, "/sandbox/lob/requests", Lists(parts.lob.requests));
  AddGet(server, "/sandbox/lob/webhooks", Lists(parts.lob.attempts));
  AddGet(server, "/sandbox/lob/events", Lists(parts.letters.events()));
  AddGet(server, "/sandbox/smtp/mails", Lists(parts.mails));
  AddGet(server, "/sandbox/lob/letters", [&letters = parts.letters](const Request& request) {
    const ListQuery query = ParseListQuery(request);
    letters.WaitFor(query.filter, query.at_least, query.timeout);
    return letters.Mailbox(query.filter, kAllLetters);
  });
}

void AddKnobs(httplib::Server& server, Knobs& knobs) {
  AddGet(server, "/sandbox/knobs", [&knobs](const Request&) { return knobs.Describe(); });
  AddPost(server, "/sandbox/knobs", [&knobs](const Request& request) {
    const absl::StatusOr<Knob> knob = Knobs::Parse(Json::parse(request.body));
    if (!knob.ok()) throw BadControl(std::string(knob.status().message()));
    return Json{{"id", knobs.Set(*knob)}};
  });
  AddPost(server, "/sandbox/release", [&knobs](const Request& request) {
    const Json body = ParseBody(request, {"operation", "id"});
    if (body.contains("id")) {
      knobs.ReleaseOne(body["id"].get<uint64_t>());
    } else {
      knobs.Release(body.value("operation", ""));
    }
    return knobs.Describe();
  });
  AddGet(server, "/sandbox/held", [&knobs](const Request& request) {
    const ListQuery query = ParseListQuery(request);
    const int held = knobs.WaitUntilHeld(request.get_param_value("operation"),
                                         static_cast<int>(query.at_least), query.timeout);
    return Json{{"held", held}};
  });
}

}  // namespace

void AddControl(httplib::Server& server, const ControlParts& parts) {
  AddRecords(server, parts);
  AddKnobs(server, parts.knobs);
  AddWebhookControl(server, parts);
  AddStripeControl(server, parts);
  AddLobControl(server, parts);
  AddGet(server, "/sandbox/health", [parts](const Request&) {
    Json health = parts.account.Counts();
    health.update({{"status", "ok"}, {"letters", parts.letters.size()}});
    return health;
  });
  AddPost(server, "/sandbox/clock", [parts](const Request& request) {
    const Json body = ParseBody(request, {"advance_seconds"});
    parts.clock.Advance(std::chrono::seconds(body.at("advance_seconds").get<int64_t>()));
    parts.account.ExpireDue();
    return Json{{"now", time::FormatRfc3339(parts.clock.Now())}};
  });
}

}  // namespace fsft::sandbox
