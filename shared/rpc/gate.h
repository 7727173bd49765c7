#pragma once

#include <atomic>
#include <string_view>

namespace fsft::metrics {
class Gauge;
}

namespace fsft::rpc {

// What a handler spends its time on. Each class has a gate of its own, so that a slow Stripe cannot
// starve webhooks, nor previews starve mailing.
enum class WorkClass {
  kDatabase,  // waits for PostgreSQL
  kStripe,    // waits for Stripe or the printer
  kRender,    // keeps a core busy with typesetting
  kLight,     // answers from memory
};
inline constexpr size_t kWorkClasses = 4;

std::string_view Name(WorkClass work);  // "database": the label in the metrics

// How many calls of a class may be inside at once. Database: a few per pooled connection, so that a
// connection given back is taken at once, while the queue for the pool stays short enough for its
// callers' deadlines.
struct GateLimits {
  int database = 128;
  int stripe = 64;
  int render = 4;
  int light = 128;
};

// A counting limit that never waits. Thread-safe.
class Gate {
 public:
  // Stands for one call inside; leaves at the end of its scope.
  class Pass {
   public:
    explicit Pass(Gate* gate) : gate_(gate) {}
    ~Pass();
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    explicit operator bool() const { return gate_ != nullptr; }

   private:
    Gate* const gate_;
  };

  // `in_use` shows how many are inside.
  Gate(int limit, metrics::Gauge& in_use) : limit_(limit), in_use_(in_use) {}

  // False when the gate is full.
  Pass TryEnter();

 private:
  const int limit_;
  std::atomic<int> inside_{0};
  metrics::Gauge& in_use_;
};

}  // namespace fsft::rpc
