#include "services/payment/open_payment_row.h"

namespace fsft::payment {

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
  payment.created_at = row.Time(11);
  payment.session_expires_at = row.Time(12);
  payment.stale = row.Bool(13);
  payment.session_id = row.TextOr(14);
  payment.checkout_url = row.TextOr(15);
  return payment;
}

}  // namespace fsft::payment
