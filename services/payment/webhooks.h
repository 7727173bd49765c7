#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/event_store.h"
#include "shared/config/secret.h"
#include "shared/metrics/metrics.h"
#include "shared/metrics/webhook_failures.h"
#include "shared/rpc/deadline.h"

namespace fsft::payment {

// As it came: the body and the Stripe-Signature header.
struct SignedPayload {
  std::string_view payload;
  std::string_view signature;
};

struct TakenEvent {
  std::string type;
  EventOutcome outcome;
  // The payment that the event names or has moved; empty when neither.
  std::string payment_id;
};

// Takes Stripe's webhooks as they come. Thread-safe.
class Webhooks {
 public:
  struct Options {
    // Asked for each webhook, because they may be replaced while we run.
    std::function<std::vector<config::Secret>()> secrets;
    // Whether our Stripe key moves real money.
    bool livemode = false;
    // Called after a commit that moved a payment.
    std::function<void()> wake_relay;
  };

  // All but the options outlive it.
  Webhooks(EventStore& store, const time::Clock& clock, metrics::Registry& registry,
           Options options);

  // An answer means that the event's effect is committed. INVALID_ARGUMENT "invalid_signature" or
  // "malformed_event"; any other error means that nothing was stored, and Stripe shall try again.
  absl::StatusOr<TakenEvent> Take(const SignedPayload& webhook, rpc::Deadline deadline);

  // Those of them that one statement can take, and that is all who tell of different checkout
  // sessions; answered in their order. Nothing for one that Take is to take or refuse: whatever is
  // wrong with one of them, it is no other's fault.
  absl::StatusOr<std::vector<std::optional<TakenEvent>>> TakeTogether(
      std::span<const SignedPayload> webhooks, rpc::Deadline deadline);

  // The same with what was learned in another way; whoever calls it has it from Stripe itself.
  absl::StatusOr<EventOutcome> Take(const StripeEvent& event, rpc::Deadline deadline);

  // Tries the events again that came for a payment before they could be matched with it. What fails
  // stays where it is, for the next time.
  void TakeUpUnmatched(std::string_view payment_id, rpc::Deadline deadline);

  // How many could not be taken, by this process.
  int64_t FailuresInLastHour() const;

 private:
  absl::StatusOr<StripeEvent> Read(const SignedPayload& webhook) const;
  absl::StatusOr<AppliedEvent> TakeAndFollow(const StripeEvent& event, rpc::Deadline deadline);
  void Follow(const StripeEvent& event, const AppliedEvent& applied, rpc::Deadline deadline);
  TakenEvent AnswerFor(const StripeEvent& event, const AppliedEvent& applied) const;
  void CountFailure(const absl::Status& status);
  void Tell(const StripeEvent& event, const AppliedEvent& applied);

  EventStore& store_;
  const time::Clock& clock_;
  const Options options_;
  metrics::WebhookFailures failures_;
  // By outcome.
  const std::map<std::string, metrics::Counter*, std::less<>> counters_;
  metrics::Histogram& delay_;
  metrics::Counter& paid_;
};

}  // namespace fsft::payment
