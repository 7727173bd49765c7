#include "services/payment/webhooks.h"

#include <algorithm>
#include <chrono>

#include "services/payment/conversion.h"
#include "services/payment/stripe_signature.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

std::map<std::string, metrics::Counter*, std::less<>> Counters(metrics::Registry& registry) {
  std::map<std::string, metrics::Counter*, std::less<>> counters;
  for (const char* outcome : {"processed", "duplicate", "unmatched", "ignored", "rejected"}) {
    counters[outcome] = &registry.AddCounter("stripe_events_total", "Stripe's events, by outcome",
                                             {{"outcome", outcome}});
  }
  return counters;
}

}  // namespace

Webhooks::Webhooks(EventStore& store, const time::Clock& clock, metrics::Registry& registry,
                   Options options)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      failures_(registry, "stripe_webhook_failures_total",
                "Webhooks of Stripe's that were not taken"),
      counters_(Counters(registry)),
      delay_(registry.AddHistogram("stripe_event_delay_seconds",
                                   "From Stripe's event to the commit of its webhook.", {},
                                   metrics::DelayBuckets())),
      paid_(CountOfOrders(registry, "paid")) {}

absl::StatusOr<TakenEvent> Webhooks::Take(const SignedPayload& webhook, rpc::Deadline deadline) {
  const absl::StatusOr<StripeEvent> event = Read(webhook);
  const absl::StatusOr<AppliedEvent> applied =
      event.ok() ? TakeAndFollow(*event, deadline) : absl::StatusOr<AppliedEvent>(event.status());
  if (!applied.ok()) {
    CountFailure(applied.status());
    return applied.status();
  }
  return AnswerFor(*event, *applied);
}

absl::StatusOr<std::vector<std::optional<TakenEvent>>> Webhooks::TakeTogether(
    std::span<const SignedPayload> webhooks, rpc::Deadline deadline) {
  std::vector<absl::StatusOr<StripeEvent>> events;
  std::vector<const StripeEvent*> readable;
  for (const SignedPayload& webhook : webhooks) events.push_back(Read(webhook));
  for (const auto& event : events) readable.push_back(event.ok() ? &*event : nullptr);
  const auto applied = store_.ApplyTogether(readable, options_.livemode, deadline);
  if (!applied.ok()) {
    for (size_t i = 0; i < webhooks.size(); ++i) CountFailure(applied.status());
    return applied.status();
  }
  std::vector<std::optional<TakenEvent>> taken(webhooks.size());
  for (size_t i = 0; i < webhooks.size(); ++i) {
    if ((*applied)[i]) taken[i] = AnswerFor(*events[i], *(*applied)[i]);
  }
  // What waits for them is tried when none of them waits any more.
  for (size_t i = 0; i < webhooks.size(); ++i) {
    if ((*applied)[i]) Follow(*events[i], *(*applied)[i], deadline);
  }
  return taken;
}

absl::StatusOr<EventOutcome> Webhooks::Take(const StripeEvent& event, rpc::Deadline deadline) {
  absl::StatusOr<AppliedEvent> applied = TakeAndFollow(event, deadline);
  if (!applied.ok()) return applied.status();
  return std::move(applied)->outcome;
}

absl::StatusOr<AppliedEvent> Webhooks::TakeAndFollow(const StripeEvent& event,
                                                     rpc::Deadline deadline) {
  absl::StatusOr<AppliedEvent> applied = store_.Apply(event, options_.livemode, deadline);
  if (applied.ok()) Follow(event, *applied, deadline);
  return applied;
}

void Webhooks::Follow(const StripeEvent& event, const AppliedEvent& applied,
                      rpc::Deadline deadline) {
  Tell(event, applied);
  if (applied.others_wait) TakeUpUnmatched(applied.payment_id, deadline);
}

TakenEvent Webhooks::AnswerFor(const StripeEvent& event, const AppliedEvent& applied) const {
  // Another clock than ours may be ahead of it.
  delay_.Observe(
      std::max(0.0, std::chrono::duration<double>(clock_.Now() - event.created).count()));
  return {.type = event.type,
          .outcome = applied.outcome,
          .payment_id = applied.payment_id.empty() ? event.payment_id : applied.payment_id};
}

void Webhooks::CountFailure(const absl::Status& status) {
  failures_.Add(rpc::DetailOf(status).reason(), clock_.Now());
}

int64_t Webhooks::FailuresInLastHour() const { return failures_.InLastHour(clock_.Now()); }

absl::StatusOr<StripeEvent> Webhooks::Read(const SignedPayload& webhook) const {
  if (absl::Status status = VerifyStripeSignature(webhook.payload, webhook.signature,
                                                  options_.secrets(), clock_.Now());
      !status.ok()) {
    return status;
  }
  return ParseStripeEvent(webhook.payload);
}

void Webhooks::TakeUpUnmatched(std::string_view payment_id, rpc::Deadline deadline) {
  const absl::StatusOr<std::vector<StripeEvent>> events = store_.Unmatched(payment_id, deadline);
  if (!events.ok()) {
    logging::Warning("unmatched events were not tried again",
                     {{"payment_id", payment_id}, {"status", events.status().ToString()}});
    return;
  }
  for (const StripeEvent& event : *events) {
    const absl::StatusOr<AppliedEvent> applied = store_.Apply(event, options_.livemode, deadline);
    if (applied.ok()) Tell(event, *applied);
    logging::Info("unmatched event tried again",
                  {{"event_id", event.id},
                   {"payment_id", payment_id},
                   {"outcome", applied.ok() ? applied->outcome : applied.status().ToString()}});
  }
}

// The lines at level error are what an operator is alerted by: each is about money that is not
// where it should be.
void Webhooks::Tell(const StripeEvent& event, const AppliedEvent& applied) {
  counters_.find(applied.outcome)->second->Add();
  if (applied.state == "paid" && event.Effect() == "paid") paid_.Add();
  if (applied.outcome == "processed" && options_.wake_relay) options_.wake_relay();
  const auto alert = [&](std::string_view message) {
    logging::Error(message, {{"event_id", event.id},
                             {"event_type", event.type},
                             {"payment_id", event.payment_id},
                             {"session_id", event.session_id}});
  };
  if (applied.outcome == "processed" && applied.state != "review") {
    logging::Info(
        "payment moved",
        {{"event_type", event.type}, {"payment_id", applied.payment_id}, {"state", applied.state}});
  }
  if (applied.outcome == "unmatched") alert("stripe event without a payment");
  if (applied.outcome == "rejected") alert("stripe event of the other livemode");
  if (applied.state == "review") alert("payment in review");
}

}  // namespace fsft::payment
