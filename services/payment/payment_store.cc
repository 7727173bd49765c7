#include "services/payment/payment_store.h"

#include "services/payment/payment_sql.h"
#include "services/payment/row_readers.h"

namespace fsft::payment {

namespace {

Order ReadFound(const db::Row& row) {
  Order order = ReadOrder(row);
  order.may_be_checked = row.Bool(18);
  return order;
}

absl::StatusOr<std::vector<Order>> FindAll(db::Database& database, const db::Statement& statement,
                                           const std::vector<std::string>& keys,
                                           db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database.Run(statement, {db::Param::Array("keys", keys)}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<Order> orders;
  for (const db::Row& row : *rows) orders.push_back(ReadFound(row));
  return orders;
}

absl::StatusOr<std::optional<Order>> FirstOf(absl::StatusOr<std::vector<Order>> orders) {
  if (!orders.ok()) return orders.status();
  if (orders->empty()) return std::nullopt;
  return std::move(orders->front());
}

}  // namespace

absl::StatusOr<std::optional<Order>> PaymentStore::FindByPayment(std::string_view payment_id,
                                                                 db::Deadline deadline) {
  return FirstOf(FindByPayments({std::string(payment_id)}, deadline));
}

absl::StatusOr<std::optional<Order>> PaymentStore::FindBySession(std::string_view session_id,
                                                                 db::Deadline deadline) {
  return FirstOf(FindBySessions({std::string(session_id)}, deadline));
}

absl::StatusOr<std::vector<Order>> PaymentStore::FindByPayments(
    const std::vector<std::string>& payment_ids, db::Deadline deadline) {
  return FindAll(database_, sql::kFindByPayments, payment_ids, deadline);
}

absl::StatusOr<std::vector<Order>> PaymentStore::FindBySessions(
    const std::vector<std::string>& session_ids, db::Deadline deadline) {
  return FindAll(database_, sql::kFindBySessions, session_ids, deadline);
}

absl::StatusOr<std::optional<Order>> PaymentStore::FindByIntake(std::string_view intake_id,
                                                                db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kFindByIntake, {{"key", intake_id}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return ReadFound(**row);
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
                      .paid_at = TimeOrNothing(row, 7),
                      .amount_cents = row.Int64(8),
                      .currency = row.Text(9),
                      .refunded_cents = row.Int64(10)});
    if (!row.IsNull(11)) orders.back().livemode = row.Bool(11);
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
    if (!row.IsNull(5)) orders.back().final_at = row.Time(5);
  }
  return orders;
}

absl::StatusOr<MovedDeliveries> PaymentStore::PutDeliveries(const std::vector<DeliveryNews>& news,
                                                            db::Deadline deadline) {
  std::vector<std::string> ids, states, letters, trackings, expected, mailed, delivered, returned;
  const auto text = [](const std::optional<time::TimePoint>& time) {
    return time ? time::FormatRfc3339(*time) : "";
  };
  std::vector<int64_t> versions;
  for (const DeliveryNews& one : news) {
    ids.push_back(one.payment_id);
    versions.push_back(one.version);
    states.push_back(one.state);
    letters.push_back(one.letter_id);
    trackings.push_back(one.tracking_number);
    expected.push_back(one.expected_delivery);
    mailed.push_back(text(one.mailed_at));
    delivered.push_back(text(one.delivered_at));
    returned.push_back(text(one.returned_at));
  }
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kPutDeliveries,
      {db::Param::Array("ids", ids), db::Param::Array("versions", versions),
       db::Param::Array("states", states), db::Param::Array("letters", letters),
       db::Param::Array("trackings", trackings), db::Param::Array("expected", expected),
       db::Param::Array("mailed", mailed), db::Param::Array("delivered", delivered),
       db::Param::Array("returned", returned)},
      deadline);
  if (!row.ok()) return row.status();
  return MovedDeliveries{.moved = (*row)->Int64(0), .mailed = (*row)->Int64(2)};
}

}  // namespace fsft::payment
