#include "gateway/order_json.h"

#include "gateway/words.h"
#include "shared/time/clock.h"
#include "shared/words/proto_time.h"

namespace fsft::gateway {

using nlohmann::ordered_json;

ordered_json TimeOrNull(bool present, const google::protobuf::Timestamp& time) {
  if (!present) return nullptr;
  return time::FormatRfc3339(words::FromProto(time));
}

ordered_json TextOrNull(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json OrderJson(const payment::GetOrderResponse& order) {
  return {{"payment_id", order.payment_id()},
          {"payment_status", PaymentStatus(order.payment_state())},
          {"mailing_status", MailingStatus(order.payment_state(), order.delivery_state())},
          {"amount_total", order.amount_cents()},
          {"currency", order.currency()},
          {"refund_status", RefundStatus(order)},
          {"refunded_total", order.refunded_cents()},
          {"appeal_type", AppealTypeName(order.appeal_type())},
          {"created_at", TimeOrNull(order.has_created_at(), order.created_at())},
          {"paid_at", TimeOrNull(order.has_paid_at(), order.paid_at())},
          {"mailed_at", TimeOrNull(order.has_mailed_at(), order.mailed_at())},
          {"delivered_at", TimeOrNull(order.has_delivered_at(), order.delivered_at())},
          {"returned_at", TimeOrNull(order.has_returned_at(), order.returned_at())},
          {"expected_delivery", TextOrNull(order.expected_delivery())}};
}

}  // namespace fsft::gateway
