#include "services/payment/money_events.h"

#include "services/payment/balance.h"
#include "services/payment/balance_sql.h"

namespace fsft::payment {

namespace {

// The payment's new state, when anything has changed.
using Changed = absl::StatusOr<std::optional<std::string>>;

// An inquiry takes no money; "prevented" is a dispute that never came to be.
std::string_view DisputeStateOf(std::string_view status) {
  if (status == "won" || status == "lost") return status;
  if (status == "warning_closed" || status == "prevented") return "dismissed";
  return status.starts_with("warning_") ? "inquiry" : "open";
}

absl::StatusOr<std::string> Lock(db::Transaction& transaction, const StripeEvent& event,
                                 bool livemode) {
  absl::StatusOr<std::optional<db::Row>> row = transaction.RunOne(
      sql::kLockForEvent, {db::Param::TextOrNull("payment_id", event.payment_id),
                           db::Param::TextOrNull("payment_intent", event.payment_intent),
                           {"livemode", event.livemode},
                           {"our_livemode", livemode}});
  if (!row.ok()) return row.status();
  return row->has_value() ? (*row)->Text(0) : std::string();
}

Changed TakeCharge(db::Transaction& transaction, const std::string& payment_id,
                   const StripeEvent& event) {
  absl::StatusOr<std::optional<db::Row>> seen = transaction.RunOne(
      sql::kSeeCharge, {{"payment_id", payment_id},
                        {"amount", event.amount_cents},
                        db::Param::TextOrNull("payment_intent", event.payment_intent),
                        db::Param::TextOrNull("customer", event.customer),
                        db::Param::TextOrNull("receipt_url", event.receipt_url)});
  if (!seen.ok()) return seen.status();
  return Balance(transaction, payment_id, {.actor = "stripe", .action = "money_returned"});
}

Changed TakeDispute(db::Transaction& transaction, const std::string& payment_id,
                    const StripeEvent& event) {
  const std::string_view state = DisputeStateOf(event.object_status);
  absl::StatusOr<std::optional<db::Row>> seen = transaction.RunOne(
      sql::kSeeDispute,
      {{"dispute_id", event.object_id}, {"payment_id", payment_id}, {"state", state}});
  if (!seen.ok()) return seen.status();
  return Balance(
      transaction, payment_id,
      {.actor = "stripe", .action = "dispute", .reason = state, .always = seen->has_value()});
}

Changed Take(db::Transaction& transaction, const std::string& payment_id,
             const StripeEvent& event) {
  if (event.Effect() == "dispute") return TakeDispute(transaction, payment_id, event);
  if (event.Effect() == "refunded") return TakeCharge(transaction, payment_id, event);
  return TakeRefundNews(transaction, payment_id,
                        {.stripe_refund_id = event.object_id,
                         .refund_id = event.refund_id,
                         .status = event.object_status,
                         .amount_cents = event.amount_cents,
                         .failure = event.failure,
                         .at = event.created});
}

// "unmatched", "rejected", or what it did to its payment.
absl::StatusOr<AppliedEvent> TakeUnderLock(db::Transaction& transaction, const StripeEvent& event,
                                           bool livemode) {
  if (event.livemode != livemode) return AppliedEvent{.outcome = "rejected"};
  absl::StatusOr<std::string> payment_id = Lock(transaction, event, livemode);
  if (!payment_id.ok()) return payment_id.status();
  if (payment_id->empty()) return AppliedEvent{.outcome = "unmatched"};
  Changed changed = Take(transaction, *payment_id, event);
  if (!changed.ok()) return changed.status();
  if (!changed->has_value()) return AppliedEvent{.outcome = "duplicate", .payment_id = *payment_id};
  return AppliedEvent{
      .outcome = "processed", .payment_id = *payment_id, .state = **std::move(changed)};
}

absl::Status Note(db::Transaction& transaction, const StripeEvent& event, AppliedEvent& applied) {
  const std::string& payment_id =
      applied.payment_id.empty() ? event.payment_id : applied.payment_id;
  absl::StatusOr<std::optional<db::Row>> row = transaction.RunOne(
      sql::kNoteEvent, {{"event_id", event.id},
                        {"created_at", event.created},
                        {"type", event.type},
                        {"outcome", applied.outcome},
                        db::Param::TextOrNull("payment_id", payment_id),
                        db::Param::TextOrNull("payment_intent", event.payment_intent),
                        {"amount", event.amount_cents},
                        db::Param::TextOrNull("currency", event.currency),
                        {"livemode", event.livemode},
                        db::Param::TextOrNull("object_id", event.object_id),
                        db::Param::TextOrNull("object_status", event.object_status),
                        {"source", event.source}});
  if (!row.ok()) return row.status();
  // Stored by an earlier delivery.
  if (!row->has_value()) {
    applied = {.outcome = "duplicate"};
  } else {
    applied.others_wait = (*row)->Bool(1);
  }
  return absl::OkStatus();
}

}  // namespace

bool ChangesTheBalance(const StripeEvent& event) {
  const std::string_view effect = event.Effect();
  return effect == "refunded" || effect == "refund" || effect == "dispute";
}

absl::StatusOr<AppliedEvent> ApplyToBalance(db::Database& database, const StripeEvent& event,
                                            bool livemode, db::Deadline deadline) {
  AppliedEvent applied;
  const absl::Status status =
      database.RunTransaction(deadline, [&](db::Transaction& transaction) -> absl::Status {
        absl::StatusOr<AppliedEvent> taken = TakeUnderLock(transaction, event, livemode);
        if (!taken.ok()) return taken.status();
        applied = *std::move(taken);
        return Note(transaction, event, applied);
      });
  if (!status.ok()) return status;
  return applied;
}

}  // namespace fsft::payment
