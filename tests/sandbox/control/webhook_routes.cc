#include "tests/sandbox/control/webhook_routes.h"

#include <httplib.h>

#include <functional>
#include <future>
#include <latch>
#include <optional>

#include "tests/sandbox/control/request.h"

namespace fsft::sandbox {
namespace {

using httplib::Request;

constexpr size_t kMostAtATime = 200;

struct Delivery {
  WebhookEvent event;
  WebhookSender::Override changes;
};

// Finds one of a vendor's events by its id.
using FindEvent = std::function<std::optional<WebhookEvent>(const std::string& id)>;

WebhookEvent EventOf(const FindEvent& find, const std::string& id) {
  std::optional<WebhookEvent> event = find(id);
  if (!event) throw BadControl("no such event");
  return *std::move(event);
}

std::optional<WebhookEvent> StripeEvent(stripe::Account& account, const std::string& id) {
  const std::optional<Json> event = account.FindEvent(id);
  if (!event) return std::nullopt;
  return WebhookEvent{(*event)["id"], (*event)["type"], event->dump(2)};
}

// What to deliver: events of the account's, or any text that a test wants to send.
std::vector<WebhookEvent> EventsOf(const Json& body, const FindEvent& find) {
  if (body.contains("payload")) return {{"", "raw", body["payload"].get<std::string>()}};
  if (body.contains("event_id")) return {EventOf(find, body["event_id"].get<std::string>())};
  std::vector<WebhookEvent> events;
  for (const Json& id : body.value("event_ids", Json::array())) {
    events.push_back(EventOf(find, id.get<std::string>()));
  }
  if (events.empty()) throw BadControl("what shall be delivered?");
  return events;
}

WebhookSender::Override ChangesOf(const Json& body) {
  WebhookSender::Override changes;
  changes.secret = body.value("secret", "");
  changes.url = body.value("url", "");
  changes.seconds_ago = body.value("seconds_ago", int64_t{0});
  const Json headers = body.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    changes.headers.emplace_back(name, value.get<std::string>());
  }
  return changes;
}

// All copies of the first event, then all of the next; to the URLs in turn.
std::vector<Delivery> DeliveriesOf(const Json& body, const FindEvent& find) {
  const std::vector<WebhookEvent> events = EventsOf(body, find);
  const size_t copies = body.value("copies", size_t{1});
  if (copies < 1 || copies > kMostAtATime / events.size()) {
    throw BadControl("up to " + std::to_string(kMostAtATime) + " deliveries at a time");
  }
  const Json urls = body.value("urls", Json::array());
  std::vector<Delivery> deliveries;
  for (size_t i = 0; i < copies * events.size(); ++i) {
    deliveries.push_back({events[i / copies], ChangesOf(body)});
    if (!urls.empty()) deliveries.back().changes.url = urls[i % urls.size()].get<std::string>();
  }
  return deliveries;
}

Json DeliverTogether(WebhookSender& sender, const std::vector<Delivery>& deliveries) {
  std::latch start(static_cast<std::ptrdiff_t>(deliveries.size()));
  std::vector<std::future<Json>> attempts;
  for (const Delivery& delivery : deliveries) {
    attempts.push_back(std::async(std::launch::async, [&sender, &start, &delivery] {
      start.arrive_and_wait();
      return sender.DeliverNow(delivery.event, delivery.changes);
    }));
  }
  Json statuses = Json::array();
  for (std::future<Json>& attempt : attempts) statuses.push_back(attempt.get()["status"]);
  return {{"statuses", statuses}};
}

Json Deliver(WebhookSender& sender, const FindEvent& find, const Request& request) {
  const Json body = ParseBody(request, {"event_id", "event_ids", "payload", "secret", "url", "urls",
                                        "copies", "seconds_ago", "headers"});
  const std::vector<Delivery> deliveries = DeliveriesOf(body, find);
  const bool several =
      body.contains("event_ids") || body.contains("copies") || body.contains("urls");
  if (several) return DeliverTogether(sender, deliveries);
  return sender.DeliverNow(deliveries[0].event, deliveries[0].changes);
}

ControlHandler SetsEndpoint(WebhookSender& sender) {
  return [&sender](const Request& request) {
    const Json body = ParseBody(request, {"url", "secret", "events", "copies"});
    WebhookEndpoint endpoint = sender.endpoint();
    endpoint.url = body.value("url", endpoint.url);
    endpoint.secret = body.value("secret", endpoint.secret);
    endpoint.copies = body.value("copies", endpoint.copies);
    if (body.contains("events")) endpoint.events = body["events"].get<std::set<std::string>>();
    if (endpoint.url.empty() || endpoint.secret.empty() || endpoint.copies < 1) {
      throw BadControl("an endpoint has a url, a secret, and gets a copy at least");
    }
    sender.SetEndpoint(std::move(endpoint));
    return Json::object();
  };
}

}  // namespace

void AddWebhookControl(httplib::Server& server, const ControlParts& parts) {
  AddPost(server, "/sandbox/stripe/endpoint", SetsEndpoint(parts.stripe.sender));
  AddPost(server, "/sandbox/lob/endpoint", SetsEndpoint(parts.lob.sender));
  AddPost(server, "/sandbox/stripe/deliver", [parts](const Request& request) {
    const auto find = [&](const std::string& id) { return StripeEvent(parts.account, id); };
    return Deliver(parts.stripe.sender, find, request);
  });
  AddPost(server, "/sandbox/lob/deliver", [parts](const Request& request) {
    const auto find = [&](const std::string& id) { return parts.letters.FindEvent(id); };
    return Deliver(parts.lob.sender, find, request);
  });
}

}  // namespace fsft::sandbox
