#include "tests/sandbox/webhooks/sender.h"

#include <httplib.h>

#include <algorithm>
#include <utility>

#include "shared/time/clock.h"

namespace fsft::sandbox {
namespace {

// Stripe gives up after three days.
constexpr std::chrono::hours kLongest{72};

Json AsObject(const Headers& headers) {
  Json object = Json::object();
  for (const auto& [name, value] : headers) object[name] = value;
  return object;
}

bool Is2xx(const Json& attempt) {
  const Json& status = attempt["status"];
  return status.is_number() && status >= 200 && status < 300;
}

}  // namespace

// One receiver's connection, kept open between deliveries. Used by one thread, but Interrupt may
// come from any.
class WebhookSender::Connection {
 public:
  explicit Connection(std::chrono::milliseconds timeout) : timeout_(timeout) {}

  httplib::Result Post(const std::string& url, const httplib::Headers& headers,
                       const std::string& body) {
    const size_t path = url.find('/', url.find("://") + 3);
    const std::string origin = url.substr(0, path);
    Use(origin);
    return client_->Post(path == std::string::npos ? "/" : url.substr(path), headers, body,
                         "application/json; charset=utf-8");
  }

  void Interrupt() {
    const std::lock_guard lock(mutex_);
    if (client_ != nullptr) client_->stop();
  }

 private:
  void Use(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    if (client_ != nullptr && origin == origin_) return;
    origin_ = origin;
    client_ = std::make_unique<httplib::Client>(origin);
    client_->set_keep_alive(true);
    client_->set_tcp_nodelay(true);
    client_->set_connection_timeout(std::chrono::seconds(2));
    client_->set_read_timeout(timeout_);
    client_->set_write_timeout(timeout_);
  }

  const std::chrono::milliseconds timeout_;
  std::mutex mutex_;
  std::string origin_;
  std::unique_ptr<httplib::Client> client_;
};

WebhookSender::WebhookSender(Options options, Knobs& knobs, Records& attempts)
    : options_(std::move(options)), knobs_(knobs), attempts_(attempts) {
  running_ = options_.workers;
  for (int i = 0; i < options_.workers; ++i) {
    connections_.push_back(std::make_unique<Connection>(options_.timeout));
    workers_.emplace_back([this, &connection = *connections_.back()] { Work(connection); });
  }
}

WebhookSender::~WebhookSender() { Stop(); }

void WebhookSender::SetEndpoint(WebhookEndpoint endpoint) {
  const std::lock_guard lock(mutex_);
  endpoint_ = std::move(endpoint);
}

WebhookEndpoint WebhookSender::endpoint() const {
  const std::lock_guard lock(mutex_);
  return endpoint_;
}

bool WebhookSender::Wants(const std::string& type) const {
  const std::lock_guard lock(mutex_);
  return !endpoint_.url.empty() && (endpoint_.events.empty() || endpoint_.events.count(type) > 0);
}

void WebhookSender::OnDelivered(std::function<void(const std::string&)> callback) {
  const std::lock_guard lock(mutex_);
  delivered_ = std::move(callback);
}

void WebhookSender::Enqueue(const WebhookEvent& event) {
  if (!Wants(event.type)) return;
  const Instant now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  for (int copy = 0; copy < endpoint_.copies; ++copy) {
    queue_.emplace(now, Job{event, now, Judge(event, 1)});
  }
  changed_.notify_all();
}

void WebhookSender::Work(Connection& connection) {
  Job job;
  std::unique_lock lock(mutex_);
  while (Next(lock, job)) {
    lock.unlock();
    Deliver(connection, std::move(job));
    lock.lock();
  }
  --running_;
  changed_.notify_all();
}

// The next job that is due; false when it is time to end.
bool WebhookSender::Next(std::unique_lock<std::mutex>& lock, Job& job) {
  while (!stopping_) {
    const Instant now = std::chrono::steady_clock::now();
    if (queue_.empty()) {
      changed_.wait(lock);
    } else if (const Instant due = queue_.begin()->first; due > now) {
      changed_.wait_until(lock, due);
    } else {
      job = std::move(queue_.extract(queue_.begin()).mapped());
      return true;
    }
  }
  return false;
}

Knobs::Effect WebhookSender::Judge(const WebhookEvent& event, int attempt) {
  return knobs_.Take(options_.operation, Point::kArrival, [&]() -> Json {
    return {{"event_id", event.id},
            {"type", event.type},
            {"attempt", attempt},
            {"event", Json::parse(event.payload, nullptr, false)}};
  });
}

void WebhookSender::Deliver(Connection& connection, Job job) {
  if (job.attempt > 1) job.effect = Judge(job.event, job.attempt);
  if (const auto failure = knobs_.Undergo(options_.operation, job.effect)) {
    attempts_.Add({{"event_id", job.event.id},
                   {"type", job.event.type},
                   {"attempt", job.attempt},
                   {"status", nullptr},
                   {"error", failure->drop ? "dropped by a knob" : "failed by a knob"}});
    // A failure stands for a receiver that failed: the event is sent again as after any other.
    if (!failure->drop) Retry(std::move(job));
    return;
  }
  // Taken anew for each attempt: a test may move the endpoint or rotate its secret in between.
  WebhookEndpoint endpoint;
  std::function<void(const std::string&)> delivered;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    endpoint = endpoint_;
    delivered = delivered_;
  }
  // Signed anew as well: a receiver refuses a signature that is older than five minutes.
  const int64_t now = time::UnixSeconds(time::SystemClock().Now());
  const Headers headers = options_.sign(endpoint.secret, job.event.payload, now);
  if (!Is2xx(Attempt(connection, job.event, job.attempt, endpoint, headers))) {
    Retry(std::move(job));
  } else if (delivered) {
    delivered(job.event.id);
  }
}

void WebhookSender::Retry(Job job) {
  const Instant now = std::chrono::steady_clock::now();
  if (now - job.first > kLongest) return;
  const auto pause = options_.retry_base * (1LL << std::min(job.attempt - 1, 20));
  ++job.attempt;
  const std::lock_guard lock(mutex_);
  queue_.emplace(now + std::min<std::chrono::milliseconds>(pause, options_.retry_max),
                 std::move(job));
  changed_.notify_one();
}

Json WebhookSender::Attempt(Connection& connection, const WebhookEvent& event, int attempt,
                            const WebhookEndpoint& endpoint, const Headers& headers) {
  const time::TimePoint begun = time::SystemClock().Now();
  Json record = {{"event_id", event.id},
                 {"type", event.type},
                 {"attempt", attempt},
                 {"url", endpoint.url},
                 {"status", nullptr},
                 {"time", time::FormatRfc3339(begun)},
                 {"headers", AsObject(headers)},
                 {"payload", event.payload}};
  const httplib::Result result = connection.Post(
      endpoint.url, httplib::Headers(headers.begin(), headers.end()), event.payload);
  const auto took = time::SystemClock().Now() - begun;
  record["took_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  if (result) {
    record["status"] = result->status;
    record["answer"] = result->body.substr(0, 1000);
  } else {
    record["error"] = httplib::to_string(result.error());
  }
  attempts_.Add(record);
  return record;
}

Json WebhookSender::DeliverNow(const WebhookEvent& event, const Override& changes) {
  WebhookEndpoint endpoint;
  std::function<void(const std::string&)> delivered;
  {
    const std::lock_guard lock(mutex_);
    endpoint = endpoint_;
    delivered = delivered_;
  }
  if (!changes.url.empty()) endpoint.url = changes.url;
  if (!changes.secret.empty()) endpoint.secret = changes.secret;
  const int64_t at = time::UnixSeconds(time::SystemClock().Now()) - changes.seconds_ago;
  const Headers headers =
      changes.headers.empty() ? options_.sign(endpoint.secret, event.payload, at) : changes.headers;
  Connection connection(options_.timeout);
  Json attempt = Attempt(connection, event, 1, endpoint, headers);
  if (Is2xx(attempt) && delivered && !event.id.empty()) delivered(event.id);
  return attempt;
}

void WebhookSender::Stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  queue_.clear();
  changed_.notify_all();
  // A worker may be about to send: interrupt again until all have ended.
  while (running_ > 0) {
    for (const auto& connection : connections_) connection->Interrupt();
    changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
  lock.unlock();
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

}  // namespace fsft::sandbox
