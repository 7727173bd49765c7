// The customer's words for where an order stands. Services speak in states; pages and frontends in
// these.
#pragma once

#include <string>
#include <string_view>

#include "fightsftickets/common/v1/common.pb.h"
#include "fightsftickets/fulfillment/v1/letters.pb.h"
#include "fightsftickets/payment/v1/payments.pb.h"

namespace fsft::gateway {

// "pending", "paid", "expired", "failed", "review" or "refunded".
std::string PaymentStatus(fightsftickets::payment::v1::PaymentState state);

// "none", "in_progress", "partial" or "full": what has gone back of the money.
std::string_view RefundStatus(const fightsftickets::payment::v1::GetOrderResponse& order);

// "waiting", "preparing", "mailed", "in_transit", "delivered", "returned", "needs_attention" or
// "cancelled": what the customer may conclude from both states together.
std::string_view MailingStatus(fightsftickets::payment::v1::PaymentState payment,
                               fightsftickets::common::v1::DeliveryState delivery);

// "standard" or "certified".
std::string AppealTypeName(fightsftickets::common::v1::AppealType type);

// The operator's word, i.e. the state itself: "queued", "outcome_unknown", ...; "not_queued" before
// fulfillment knows.
std::string DeliveryStateName(fightsftickets::common::v1::DeliveryState state);

// "processed", "duplicate", "unmatched", "ignored" or "rejected".
std::string WebhookStatus(fightsftickets::payment::v1::WebhookOutcome outcome);
std::string WebhookStatus(fightsftickets::fulfillment::v1::LobWebhookOutcome outcome);

}  // namespace fsft::gateway
