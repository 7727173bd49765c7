#include "services/payment/row_readers.h"

namespace fsft::payment {

std::optional<time::TimePoint> TimeOrNothing(const db::Row& row, size_t column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Time(column);
}

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
  order.refund_reserved_cents = row.Int64(15);
  order.delivered_at = TimeOrNothing(row, 16);
  order.returned_at = TimeOrNothing(row, 17);
  return order;
}

Refund ReadRefund(const db::Row& row) {
  return {.refund_id = row.Text(0),
          .payment_id = row.Text(1),
          .state = row.Text(2),
          .amount_cents = row.Int64(3),
          .currency = row.Text(4),
          .reason = row.Text(5),
          .origin = row.Text(6),
          .is_after_mailing = row.Bool(7),
          .is_outcome_unknown = row.Bool(8),
          .failure = row.Text(9),
          .created_at = row.Time(10),
          .settled_at = TimeOrNothing(row, 11)};
}

}  // namespace fsft::payment
