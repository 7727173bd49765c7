#include "services/payment/event_store.h"

#include "services/payment/event_sql.h"

namespace fsft::payment {

namespace {

absl::StatusOr<EventOutcome> OutcomeOf(const absl::StatusOr<std::optional<db::Row>>& row) {
  if (!row.ok()) return row.status();
  // Nothing was inserted: the event was stored by an earlier delivery.
  return row->has_value() ? (*row)->Text(0) : "duplicate";
}

}  // namespace

absl::StatusOr<EventOutcome> EventStore::ApplyPaid(const StripeEvent& event, bool livemode,
                                                   db::Deadline deadline) {
  const auto apply = [&] {
    return database_.RunOne(sql::kApplyPaid,
                            {db::Param::TextOrNull("payment_id", event.payment_id),
                             {"livemode", event.livemode},
                             {"our_livemode", livemode},
                             {"session_id", event.session_id},
                             {"amount", event.amount_total},
                             {"currency", event.currency},
                             {"event_id", event.id},
                             {"created_at", event.created},
                             {"type", event.type},
                             db::Param::TextOrNull("payment_intent", event.payment_intent),
                             db::Param::TextOrNull("customer", event.customer)},
                            deadline);
  };
  absl::StatusOr<std::optional<db::Row>> row = apply();
  if (absl::IsAlreadyExists(row.status())) row = apply();
  return OutcomeOf(row);
}

absl::StatusOr<EventOutcome> EventStore::RecordEvent(const StripeEvent& event, bool livemode,
                                                     db::Deadline deadline) {
  return OutcomeOf(database_.RunOne(sql::kRecordEvent,
                                    {{"event_id", event.id},
                                     {"created_at", event.created},
                                     {"type", event.type},
                                     {"livemode", event.livemode},
                                     {"our_livemode", livemode},
                                     db::Param::TextOrNull("payment_id", event.payment_id),
                                     db::Param::TextOrNull("session_id", event.session_id),
                                     db::Param::TextOrNull("payment_intent", event.payment_intent),
                                     {"amount", event.amount_total},
                                     db::Param::TextOrNull("currency", event.currency)},
                                    deadline));
}

absl::StatusOr<std::optional<int64_t>> EventStore::LastEventAge(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kLastEventAge, {}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Int64(0);
}

}  // namespace fsft::payment
