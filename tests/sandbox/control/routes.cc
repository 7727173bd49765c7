#include "tests/sandbox/control/routes.h"

#include <httplib.h>

#include "tests/sandbox/control/lob_routes.h"
#include "tests/sandbox/control/request.h"

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

Json Pay(stripe::Account& account, const Request& request) {
  const Json body = ParseBody(request, {"deliver", "amount", "currency"});
  stripe::PayOptions options;
  options.deliver = body.value("deliver", true);
  if (body.contains("amount")) options.amount = body["amount"].get<int64_t>();
  if (body.contains("currency")) options.currency = body["currency"].get<std::string>();
  const std::string id = request.path_params.at("id");
  switch (account.Pay(id, options)) {
    case stripe::PayOutcome::kPaid:
      return *account.FindSession(id);
    case stripe::PayOutcome::kAlreadyPaid:
      throw BadControl("already paid");
    case stripe::PayOutcome::kExpired:
      throw BadControl("expired");
    case stripe::PayOutcome::kNoSuchSession:
      break;
  }
  throw BadControl("no such session");
}

// The event to deliver: one of the account's, or any text that a test wants to send.
WebhookEvent EventOf(const Json& body, stripe::Account* account) {
  if (body.contains("payload")) return {"", "raw", body["payload"].get<std::string>()};
  if (account == nullptr || !body.contains("event_id"))
    throw BadControl("what shall be delivered?");
  const std::optional<Json> event = account->FindEvent(body["event_id"].get<std::string>());
  if (!event) throw BadControl("no such event");
  return {(*event)["id"], (*event)["type"], event->dump(2)};
}

Json Deliver(WebhookSender& sender, stripe::Account* account, const Request& request) {
  const Json body =
      ParseBody(request, {"event_id", "payload", "secret", "url", "seconds_ago", "headers"});
  WebhookSender::Override changes;
  changes.secret = body.value("secret", "");
  changes.url = body.value("url", "");
  changes.seconds_ago = body.value("seconds_ago", int64_t{0});
  const Json headers = body.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    changes.headers.emplace_back(name, value.get<std::string>());
  }
  return sender.DeliverNow(EventOf(body, account), changes);
}

ControlHandler SetsEndpoint(WebhookSender& sender) {
  return [&sender](const Request& request) {
    const Json body = ParseBody(request, {"url", "secret", "events"});
    WebhookEndpoint endpoint{body.at("url"), body.at("secret"), {}};
    for (const Json& type : body.value("events", Json::array())) endpoint.events.insert(type);
    sender.SetEndpoint(std::move(endpoint));
    return Json::object();
  };
}

void AddRecords(httplib::Server& server, const ControlParts& parts) {
  AddGet(server, "/sandbox/stripe/requests", Lists(parts.stripe.requests));
  AddGet(server, "/sandbox/stripe/webhooks", Lists(parts.stripe.attempts));
  AddGet(server, "/sandbox/lob/requests", Lists(parts.lob.requests));
  AddGet(server, "/sandbox/lob/webhooks", Lists(parts.lob.attempts));
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

void AddWebhooks(httplib::Server& server, const ControlParts& parts) {
  AddPost(server, "/sandbox/stripe/endpoint", SetsEndpoint(parts.stripe.sender));
  AddPost(server, "/sandbox/lob/endpoint", SetsEndpoint(parts.lob.sender));
  AddPost(server, "/sandbox/stripe/deliver", [parts](const Request& request) {
    return Deliver(parts.stripe.sender, &parts.account, request);
  });
  AddPost(server, "/sandbox/lob/deliver",
          [parts](const Request& request) { return Deliver(parts.lob.sender, nullptr, request); });
}

}  // namespace

void AddControl(httplib::Server& server, const ControlParts& parts) {
  AddRecords(server, parts);
  AddKnobs(server, parts.knobs);
  AddWebhooks(server, parts);
  AddLobControl(server, parts);
  AddGet(server, "/sandbox/health", [parts](const Request&) {
    Json health = parts.account.Counts();
    health.update({{"status", "ok"}, {"letters", parts.letters.size()}});
    return health;
  });
  AddPost(server, "/sandbox/stripe/pay/:id",
          [&account = parts.account](const Request& request) { return Pay(account, request); });
  AddPost(server, "/sandbox/clock", [parts](const Request& request) {
    const Json body = ParseBody(request, {"advance_seconds"});
    parts.clock.Advance(std::chrono::seconds(body.at("advance_seconds").get<int64_t>()));
    parts.account.ExpireDue();
    return Json{{"now", time::FormatRfc3339(parts.clock.Now())}};
  });
}

}  // namespace fsft::sandbox
