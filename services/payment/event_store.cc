#include "services/payment/event_store.h"

#include "services/payment/event_sql.h"
#include "services/payment/money_events.h"

namespace fsft::payment {

absl::StatusOr<AppliedEvent> EventStore::Apply(const StripeEvent& event, bool livemode,
                                               db::Deadline deadline) {
  if (ChangesTheBalance(event)) return ApplyToBalance(database_, event, livemode, deadline);
  return ApplyToSession(event, livemode, deadline);
}

absl::StatusOr<AppliedEvent> EventStore::ApplyToSession(const StripeEvent& event, bool livemode,
                                                        db::Deadline deadline) {
  const auto apply = [&] {
    return database_.RunOne(sql::kApply,
                            {db::Param::TextOrNull("payment_id", event.payment_id),
                             db::Param::TextOrNull("session_id", event.session_id),
                             {"livemode", event.livemode},
                             {"our_livemode", livemode},
                             db::Param::TextOrNull("payment_intent", event.payment_intent),
                             {"effect", event.Effect()},
                             {"amount", event.amount_cents},
                             db::Param::TextOrNull("currency", event.currency),
                             {"event_id", event.id},
                             {"created_at", event.created},
                             {"type", event.type},
                             {"source", event.source},
                             db::Param::TextOrNull("customer", event.customer),
                             db::Param::TextOrNull("receipt_url", event.receipt_url)},
                            deadline);
  };
  absl::StatusOr<std::optional<db::Row>> row = apply();
  if (absl::IsAlreadyExists(row.status())) row = apply();
  if (!row.ok()) return row.status();
  // Nothing was inserted: the event was stored by an earlier delivery.
  if (!row->has_value()) return AppliedEvent{.outcome = "duplicate"};
  return AppliedEvent{.outcome = (*row)->Text(0),
                      .payment_id = (*row)->TextOr(1),
                      .state = (*row)->TextOr(2),
                      .others_wait = (*row)->Bool(3)};
}

absl::StatusOr<std::vector<StripeEvent>> EventStore::Unmatched(std::string_view payment_id,
                                                               db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kUnmatched, {{"payment_id", payment_id}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<StripeEvent> events;
  for (const db::Row& row : *rows) {
    StripeEvent event;
    event.id = row.Text(0);
    event.created = row.Time(1);
    event.type = row.Text(2);
    event.payment_id = row.TextOr(3);
    event.session_id = row.TextOr(4);
    event.payment_intent = row.TextOr(5);
    event.amount_cents = row.Int64(6);
    event.currency = row.TextOr(7);
    event.livemode = row.Bool(8);
    event.object_id = row.TextOr(9);
    event.object_status = row.TextOr(10);
    event.source = row.Text(11);
    // An unpaid session's event has no effect, so it never is unmatched.
    event.payment_status = "paid";
    events.push_back(std::move(event));
  }
  return events;
}

absl::StatusOr<EventOutcome> EventStore::RecordEvent(const StripeEvent& event, bool livemode,
                                                     db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kRecordEvent,
                       {{"event_id", event.id},
                        {"created_at", event.created},
                        {"type", event.type},
                        {"livemode", event.livemode},
                        {"our_livemode", livemode},
                        db::Param::TextOrNull("payment_id", event.payment_id),
                        db::Param::TextOrNull("session_id", event.session_id),
                        db::Param::TextOrNull("payment_intent", event.payment_intent),
                        {"amount", event.amount_cents},
                        db::Param::TextOrNull("currency", event.currency),
                        {"source", event.source},
                        db::Param::TextOrNull("receipt_url", event.receipt_url)},
                       deadline);
  if (!row.ok()) return row.status();
  return row->has_value() ? (*row)->Text(0) : "duplicate";
}

absl::StatusOr<std::optional<int64_t>> EventStore::LastEventAge(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kLastEventAge, {}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Int64(0);
}

}  // namespace fsft::payment
