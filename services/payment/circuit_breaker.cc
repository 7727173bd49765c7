#include "services/payment/circuit_breaker.h"

#include <algorithm>

#include "shared/logging/logging.h"

namespace fsft::payment {

CircuitBreaker::CircuitBreaker(const time::Clock& clock, metrics::Registry& registry,
                               BreakerOptions options)
    : clock_(clock),
      options_(options),
      open_(registry.AddGauge("stripe_breaker_open",
                              "1 while Stripe is not asked, because it did not answer")),
      openings_(registry.AddCounter("stripe_breaker_openings_total",
                                    "How often Stripe stopped answering")),
      refused_(registry.AddCounter("stripe_breaker_refused_total",
                                   "Calls that were not made, because Stripe did not answer")) {}

// A probe whose end is never told must not keep the breaker open for ever: after a pause without
// news the next call is a probe as well.
CircuitBreaker::Entry CircuitBreaker::Enter() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kClosed) return {.allowed = true};
  if (const auto left = PauseLeft(); left.count() > 0) {
    refused_.Add();
    return {.retry_after = std::chrono::ceil<std::chrono::seconds>(left)};
  }
  state_ = State::kProbing;
  since_ = clock_.Now();
  return {.allowed = true, .probe = true};
}

// The end of a call that began before the breaker opened is old news, good or bad.
void CircuitBreaker::Leave(const Entry& entry, bool answered) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kClosed && !entry.probe) return;
  if (answered) return Close();
  ++failures_;
  if (entry.probe || failures_ >= options_.failures) Open();
}

bool CircuitBreaker::IsOpen() {
  const std::lock_guard lock(mutex_);
  return state_ != State::kClosed;
}

void CircuitBreaker::Open() {
  if (state_ == State::kClosed) {
    openings_.Add();
    logging::Error("stripe does not answer and is not asked for a while",
                   {{"failures", failures_}, {"pause_seconds", options_.pause.count()}});
  }
  state_ = State::kOpen;
  since_ = clock_.Now();
  open_.Set(1);
}

void CircuitBreaker::Close() {
  if (state_ != State::kClosed) logging::Info("stripe answers again");
  state_ = State::kClosed;
  failures_ = 0;
  open_.Set(0);
}

// A clock that is set back must not make the pause longer.
std::chrono::nanoseconds CircuitBreaker::PauseLeft() const {
  const auto left = since_ + options_.pause - clock_.Now();
  return left > options_.pause ? std::chrono::nanoseconds(0) : std::chrono::nanoseconds(left);
}

}  // namespace fsft::payment
