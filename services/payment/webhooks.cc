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
  return std::move(TakeAll({&webhook, 1}, deadline).front());
}

std::vector<absl::StatusOr<TakenEvent>> Webhooks::TakeAll(std::span<const SignedPayload> webhooks,
                                                          rpc::Deadline deadline) {
  std::vector<absl::StatusOr<StripeEvent>> events;
  for (const SignedPayload& webhook : webhooks) events.push_back(Read(webhook));
  std::vector<const StripeEvent*> readable;
  for (const auto& event : events) {
    if (event.ok()) readable.push_back(&*event);
  }
  std::vector<Applied> applied = ApplyAndFollow(readable, deadline);
  auto next = applied.begin();
  std::vector<absl::StatusOr<TakenEvent>> taken;
  for (const auto& event : events) {
    Applied outcome = event.ok() ? std::move(*next++) : Applied(event.status());
    if (outcome.ok()) {
      taken.push_back(AnswerFor(*event, *std::move(outcome)));
    } else {
      failures_.Add(rpc::DetailOf(outcome.status()).reason(), clock_.Now());
      taken.push_back(outcome.status());
    }
  }
  return taken;
}

absl::StatusOr<EventOutcome> Webhooks::Take(const StripeEvent& event, rpc::Deadline deadline) {
  const StripeEvent* const events[] = {&event};
  Applied applied = std::move(ApplyAndFollow(events, deadline).front());
  if (!applied.ok()) return applied.status();
  return std::move(applied)->outcome;
}

std::vector<Webhooks::Applied> Webhooks::ApplyAndFollow(std::span<const StripeEvent* const> events,
                                                        rpc::Deadline deadline) {
  std::vector<Applied> applied = store_.ApplyAll(events, options_.livemode, deadline);
  for (size_t i = 0; i < events.size(); ++i) {
    if (!applied[i].ok()) continue;
    Tell(*events[i], *applied[i]);
    if (applied[i]->others_wait) TakeUpUnmatched(applied[i]->payment_id, deadline);
  }
  return applied;
}

TakenEvent Webhooks::AnswerFor(const StripeEvent& event, AppliedEvent applied) const {
  // Another clock than ours may be ahead of it.
  delay_.Observe(
      std::max(0.0, std::chrono::duration<double>(clock_.Now() - event.created).count()));
  if (applied.payment_id.empty()) applied.payment_id = event.payment_id;
  return {.type = event.type,
          .outcome = std::move(applied.outcome),
          .payment_id = std::move(applied.payment_id)};
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
    const Applied applied = store_.Apply(event, options_.livemode, deadline);
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
