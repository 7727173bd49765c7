#include "gateway/words.h"

#include "shared/words/words.h"

namespace fsft::gateway {

namespace common = fightsftickets::common::v1;
namespace payment = fightsftickets::payment::v1;

namespace {

// The word of the contract; `otherwise` for a value that a newer service may send.
template <class Enum>
std::string WordOr(Enum value, const char* otherwise) {
  std::string word = words::WordOf(value);
  return word.empty() ? otherwise : word;
}

// Of an order whose money we have: what is still going to happen.
std::string_view PaidMailing(common::DeliveryState delivery) {
  switch (delivery) {
    case common::DELIVERY_STATE_UNSPECIFIED:
    case common::DELIVERY_STATE_QUEUED:
    case common::DELIVERY_STATE_SENDING:
      return "preparing";
    case common::DELIVERY_STATE_CANCELLED:
      return "cancelled";
    default:
      return "needs_attention";
  }
}

// Of an order that will not be mailed any more, unless it was before.
std::string_view EndedMailing(common::DeliveryState delivery) {
  switch (delivery) {
    case common::DELIVERY_STATE_UNSPECIFIED:
    case common::DELIVERY_STATE_QUEUED:
    case common::DELIVERY_STATE_DEAD_LETTER:
    case common::DELIVERY_STATE_CANCELLED:
      return "cancelled";
    default:
      return "needs_attention";
  }
}

}  // namespace

std::string_view MailingStatus(payment::PaymentState payment, common::DeliveryState delivery) {
  // A letter on its way is on its way, whatever happens to the money.
  switch (delivery) {
    case common::DELIVERY_STATE_MAILED:
      return "mailed";
    case common::DELIVERY_STATE_IN_TRANSIT:
      return "in_transit";
    case common::DELIVERY_STATE_DELIVERED:
      return "delivered";
    case common::DELIVERY_STATE_RETURNED:
      return "returned";
    default:
      break;
  }
  switch (payment) {
    case payment::PAYMENT_STATE_PENDING:
      return "waiting";
    case payment::PAYMENT_STATE_PAID:
      return PaidMailing(delivery);
    case payment::PAYMENT_STATE_EXPIRED:
    case payment::PAYMENT_STATE_FAILED:
    case payment::PAYMENT_STATE_REFUNDED:
      return EndedMailing(delivery);
    default:
      return "needs_attention";
  }
}

std::string PaymentStatus(payment::PaymentState state) {
  // Of a state that we do not know, a person should look at the order.
  return WordOr(state, "review");
}

std::string_view RefundStatus(const payment::GetOrderResponse& order) {
  if (order.refund_reserved_cents() > 0) return "in_progress";
  if (order.refunded_cents() == 0) return "none";
  return order.refunded_cents() < order.amount_cents() ? "partial" : "full";
}

std::string AppealTypeName(common::AppealType type) { return WordOr(type, "standard"); }

std::string DeliveryStateName(common::DeliveryState state) {
  if (state == common::DELIVERY_STATE_UNSPECIFIED) return "not_queued";
  return WordOr(state, "unknown");
}

std::string WebhookStatus(payment::WebhookOutcome outcome) { return WordOr(outcome, "processed"); }

std::string WebhookStatus(fightsftickets::fulfillment::v1::LobWebhookOutcome outcome) {
  return WordOr(outcome, "processed");
}

}  // namespace fsft::gateway
