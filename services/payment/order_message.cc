#include "services/payment/order_message.h"

#include "shared/words/proto_time.h"
#include "shared/words/words.h"

namespace fsft::payment {

namespace common_v1 = fightsftickets::common::v1;
namespace payment_v1 = fightsftickets::payment::v1;

void ToMessage(const Order& order, payment_v1::GetOrderResponse& message) {
  message.set_payment_id(order.payment_id);
  message.set_intake_id(order.intake_id);
  message.set_draft_id(order.draft_id);
  message.set_session_id(order.session_id);
  message.set_payment_state(words::EnumOf<payment_v1::PaymentState>(order.state));
  message.set_amount_cents(order.amount_cents);
  message.set_currency(order.currency);
  message.set_refunded_cents(order.refunded_cents);
  message.set_refund_reserved_cents(order.refund_reserved_cents);
  message.set_appeal_type(words::EnumOf<common_v1::AppealType>(order.appeal_type));
  words::ToProto(order.created_at, *message.mutable_created_at());
  if (order.paid_at) words::ToProto(*order.paid_at, *message.mutable_paid_at());
  message.set_delivery_state(words::EnumOf<common_v1::DeliveryState>(order.delivery_state));
  message.set_tracking_number(order.tracking_number);
  message.set_expected_delivery(order.expected_delivery);
  if (order.mailed_at) words::ToProto(*order.mailed_at, *message.mutable_mailed_at());
  if (order.delivered_at) words::ToProto(*order.delivered_at, *message.mutable_delivered_at());
  if (order.returned_at) words::ToProto(*order.returned_at, *message.mutable_returned_at());
}

}  // namespace fsft::payment
