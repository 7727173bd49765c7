#include "services/payment/webhooks.h"

#include "services/payment/stripe_signature.h"

namespace fsft::payment {

Webhooks::Webhooks(EventStore& store, const time::Clock& clock, Options options)
    : store_(store), clock_(clock), options_(std::move(options)) {}

absl::StatusOr<TakenEvent> Webhooks::Take(std::string_view payload, std::string_view signature,
                                          rpc::Deadline deadline) {
  absl::StatusOr<TakenEvent> taken = Apply(payload, signature, deadline);
  if (!taken.ok()) failures_.Add(clock_.Now());
  return taken;
}

int64_t Webhooks::FailuresInLastHour() const { return failures_.InLastHour(clock_.Now()); }

absl::StatusOr<TakenEvent> Webhooks::Apply(std::string_view payload, std::string_view signature,
                                           rpc::Deadline deadline) {
  if (absl::Status status =
          VerifyStripeSignature(payload, signature, options_.secrets, clock_.Now());
      !status.ok()) {
    return status;
  }
  absl::StatusOr<StripeEvent> event = ParseStripeEvent(payload);
  if (!event.ok()) return event.status();
  absl::StatusOr<EventOutcome> outcome =
      event->SessionPaid() ? store_.ApplyPaid(*event, options_.livemode, deadline)
                           : store_.RecordEvent(*event, options_.livemode, deadline);
  if (!outcome.ok()) return outcome.status();
  return TakenEvent{.type = event->type, .outcome = *std::move(outcome)};
}

}  // namespace fsft::payment
