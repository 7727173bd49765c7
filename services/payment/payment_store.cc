#include "services/payment/payment_store.h"

#include "services/payment/payment_sql.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

std::optional<time::TimePoint> TimeOrNothing(const db::Row& row, size_t column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Time(column);
}

// The columns of kOpen and kDecidingPayment.
OpenPayment ReadOpenPayment(const db::Row& row) {
  OpenPayment payment;
  payment.payment_id = row.Text(0);
  payment.intake_id = row.Text(1);
  payment.draft_id = row.Text(2);
  payment.content_sha256 = row.Bytes(3);
  payment.appeal_type = row.Text(4);
  payment.amount_cents = row.Int64(5);
  payment.currency = row.Text(6);
  payment.product_name = row.Text(7);
  payment.success_url = row.Text(8);
  payment.cancel_url = row.Text(9);
  payment.state = row.Text(10);
  payment.session_expires_at = row.Time(11);
  payment.session_id = row.TextOr(12);
  payment.checkout_url = row.TextOr(13);
  return payment;
}

// The columns of kFindByPayment and kFindBySession.
Order ReadOrder(const db::Row& row) {
  Order order;
  order.payment_id = row.Text(0);
  order.intake_id = row.Text(1);
  order.draft_id = row.Text(2);
  order.session_id = row.TextOr(3);
  order.state = row.Text(4);
  order.amount_cents = row.Int64(5);
  order.currency = row.Text(6);
  order.refunded_cents = row.Int64(7);
  order.appeal_type = row.Text(8);
  order.created_at = row.Time(9);
  order.paid_at = TimeOrNothing(row, 10);
  order.delivery_state = row.TextOr(11);
  order.tracking_number = row.TextOr(12);
  order.expected_delivery = row.TextOr(13);
  order.mailed_at = TimeOrNothing(row, 14);
  return order;
}

absl::StatusOr<std::optional<Order>> Find(db::Database& database, const db::Statement& statement,
                                          std::string_view key, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database.RunOne(statement, {{"key", key}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return ReadOrder(**row);
}

absl::StatusOr<EventOutcome> OutcomeOf(const absl::StatusOr<std::optional<db::Row>>& row) {
  if (!row.ok()) return row.status();
  // Nothing was inserted: the event was stored by an earlier delivery.
  return row->has_value() ? (*row)->Text(0) : "duplicate";
}

}  // namespace

absl::StatusOr<OpenPayment> PaymentStore::Open(const NewPayment& payment, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kOpen,
                       {{"payment_id", payment.payment_id},
                        {"intake_id", payment.intake_id},
                        {"draft_id", payment.draft_id},
                        db::Param::Bytes("sha256", payment.content_sha256),
                        {"appeal_type", payment.appeal_type},
                        {"amount", payment.amount_cents},
                        {"currency", payment.currency},
                        {"product", payment.product_name},
                        {"success_url", payment.success_url},
                        {"cancel_url", payment.cancel_url}},
                       deadline);
  if (absl::IsFailedPrecondition(row.status())) {
    return rpc::Error(absl::StatusCode::kNotFound, "draft_not_found", "there is no such draft");
  }
  if (row.ok() && !row->has_value()) {
    row = database_.RunOne(sql::kDecidingPayment, {{"draft_id", payment.draft_id}}, deadline);
  }
  if (!row.ok()) return row.status();
  // The payment that stood in the way may have ended between the two statements; the caller may
  // simply ask again.
  if (!row->has_value()) return absl::UnavailableError("the draft's payment changed meanwhile");
  return ReadOpenPayment(**row);
}

absl::Status PaymentStore::StoreSession(std::string_view payment_id, std::string_view session_id,
                                        std::string_view checkout_url, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kStoreSession,
      {{"session_id", session_id}, {"checkout_url", checkout_url}, {"payment_id", payment_id}},
      deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::InternalError("the payment has another session already");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Order>> PaymentStore::FindByPayment(std::string_view payment_id,
                                                                 db::Deadline deadline) {
  return Find(database_, sql::kFindByPayment, payment_id, deadline);
}

absl::StatusOr<std::optional<Order>> PaymentStore::FindBySession(std::string_view session_id,
                                                                 db::Deadline deadline) {
  return Find(database_, sql::kFindBySession, session_id, deadline);
}

absl::StatusOr<EventOutcome> PaymentStore::ApplyPaid(const StripeEvent& event, bool livemode,
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

absl::StatusOr<EventOutcome> PaymentStore::RecordEvent(const StripeEvent& event, bool livemode,
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

absl::StatusOr<std::optional<int64_t>> PaymentStore::LastEventAge(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kLastEventAge, {}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Int64(0);
}

absl::StatusOr<std::vector<WantedOrder>> PaymentStore::WantedOrders(
    const std::vector<std::string>& payment_ids, db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kWantedOrders, {db::Param::Array("ids", payment_ids)}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<WantedOrder> orders;
  for (const db::Row& row : *rows) {
    orders.push_back({.payment_id = row.Text(0),
                      .version = row.Int64(1),
                      .want = row.Text(2),
                      .intake_id = row.Text(3),
                      .draft_id = row.Text(4),
                      .content_sha256 = row.Bytes(5),
                      .appeal_type = row.Text(6),
                      .paid_at = TimeOrNothing(row, 7)});
  }
  return orders;
}

absl::StatusOr<std::vector<IntakeOrder>> PaymentStore::IntakeOrders(
    const std::vector<std::string>& payment_ids, db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kIntakeOrders, {db::Param::Array("ids", payment_ids)}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<IntakeOrder> orders;
  for (const db::Row& row : *rows) {
    orders.push_back({.intake_id = row.Text(0),
                      .payment_id = row.Text(1),
                      .version = row.Int64(2),
                      .state = row.Text(3),
                      .delivery_state = row.TextOr(4)});
  }
  return orders;
}

absl::StatusOr<bool> PaymentStore::PutDeliveries(const std::vector<DeliveryNews>& news,
                                                 db::Deadline deadline) {
  std::vector<std::string> ids, states, letters, trackings, expected, mailed;
  std::vector<int64_t> versions;
  for (const DeliveryNews& one : news) {
    ids.push_back(one.payment_id);
    versions.push_back(one.version);
    states.push_back(one.state);
    letters.push_back(one.letter_id);
    trackings.push_back(one.tracking_number);
    expected.push_back(one.expected_delivery);
    mailed.push_back(one.mailed_at ? time::FormatRfc3339(*one.mailed_at) : "");
  }
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kPutDeliveries,
                       {db::Param::Array("ids", ids), db::Param::Array("versions", versions),
                        db::Param::Array("states", states), db::Param::Array("letters", letters),
                        db::Param::Array("trackings", trackings),
                        db::Param::Array("expected", expected), db::Param::Array("mailed", mailed)},
                       deadline);
  if (!row.ok()) return row.status();
  return (*row)->Int64(0) > 0;
}

}  // namespace fsft::payment
