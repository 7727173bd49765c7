#include "shared/service/health.h"

namespace fsft::service {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kInterval{1000};
constexpr std::chrono::milliseconds kPatience{1000};
// A ping that takes longer is not going to be answered; some more than what a busy machine needs.
constexpr std::chrono::milliseconds kHanging{1500};
constexpr std::chrono::milliseconds kWatchInterval{250};

}  // namespace

Health::Health(app::App& app, rpc::Server& server, db::Database& database)
    : server_(server),
      database_(database),
      ready_(app.ops(), [&server] { return server.serving(); }),
      probe_({.name = "health", .poll = kInterval}, app.metrics(),
             [this]() -> absl::StatusOr<int> {
               Ask();
               return 0;
             }),
      watch_({.name = "health_watch", .poll = kWatchInterval}, app.metrics(),
             [this]() -> absl::StatusOr<int> {
               Watch();
               return 0;
             }) {}

void Health::Ask() {
  {
    const std::lock_guard lock(mutex_);
    asked_at_ = steady_clock::now();
  }
  const bool answered = database_.Ping(rpc::In(kPatience)).ok();
  const std::lock_guard lock(mutex_);
  asked_at_.reset();
  server_.SetServing(answered);
}

void Health::Watch() {
  const std::lock_guard lock(mutex_);
  if (asked_at_ && steady_clock::now() - *asked_at_ > kHanging) server_.SetServing(false);
}

void Health::Stop() {
  server_.SetServing(false);
  watch_.Stop();
  probe_.Stop();
  server_.SetServing(false);  // a ping that was under way may have said otherwise
}

}  // namespace fsft::service
