#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/sandbox/api/call.h"
#include "tests/sandbox/api/knobs.h"
#include "tests/sandbox/api/records.h"

namespace fsft::sandbox {

struct WebhookEvent {
  std::string id;
  std::string type;
  std::string payload;  // the very bytes that are signed and sent
};

struct WebhookEndpoint {
  std::string url;  // http:// only; empty: nothing is sent
  std::string secret;
  std::set<std::string> events;  // types to send; empty: all
  int copies = 1;                // how often each event is sent: at least once is what is promised
};

// Delivers one vendor's webhooks as the vendors do: at least once, in no particular order, several
// at a time, and anew after growing pauses until the answer is a 2xx. Every attempt is recorded.
class WebhookSender {
 public:
  using Signer = std::function<Headers(std::string_view secret, std::string_view body, int64_t at)>;

  struct Options {
    std::string operation;  // what knobs call it: "stripe.webhook"
    Signer sign;
    std::chrono::milliseconds retry_base{1'000};  // doubles with each attempt
    std::chrono::milliseconds retry_max{60'000};
    std::chrono::milliseconds timeout{10'000};  // of the receiver's answer
    int workers = 16;  // a knob that holds or delays a webhook keeps one of them
  };

  WebhookSender(Options options, Knobs& knobs, Records& attempts);
  ~WebhookSender();

  void SetEndpoint(WebhookEndpoint endpoint);
  WebhookEndpoint endpoint() const;
  // Is there an endpoint that wants events of this type?
  bool Wants(const std::string& type) const;
  // Called for each copy of an event, by the thread that delivered it.
  void OnDelivered(std::function<void(const std::string& event_id)> callback);

  // Sends soon, from a thread of its own. Nothing happens when the endpoint does not want it.
  void Enqueue(const WebhookEvent& event);

  // What a test can change about a single delivery.
  struct Override {
    std::string url;
    std::string secret;
    Headers headers;          // instead of the signature
    int64_t seconds_ago = 0;  // the signature's age
  };
  // Sends once, from this thread, and answers the recorded attempt.
  Json DeliverNow(const WebhookEvent& event, const Override& changes);

  // Gives up what is queued, interrupts what is on its way.
  void Stop();

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Job {
    WebhookEvent event;
    Instant first;
    // What the knobs of the moment of the event do to the first attempt: tests set them around what
    // makes events, not around their delivery. Later attempts ask anew.
    Knobs::Effect effect;
    int attempt = 1;
  };
  class Connection;

  void Work(Connection& connection);
  bool Next(std::unique_lock<std::mutex>& lock, Job& job);
  Knobs::Effect Judge(const WebhookEvent& event, int attempt);
  void Deliver(Connection& connection, Job job);
  void Retry(Job job);
  Json Attempt(Connection& connection, const WebhookEvent& event, int attempt,
               const WebhookEndpoint& endpoint, const Headers& headers);

  const Options options_;
  Knobs& knobs_;
  Records& attempts_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  WebhookEndpoint endpoint_;
  std::function<void(const std::string&)> delivered_;
  std::multimap<Instant, Job> queue_;
  bool stopping_ = false;
  size_t running_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> workers_;
};

}  // namespace fsft::sandbox
