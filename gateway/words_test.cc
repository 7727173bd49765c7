#include "gateway/words.h"

#include <gtest/gtest.h>

namespace fsft::gateway {
namespace {

using namespace fightsftickets::common::v1;
using namespace fightsftickets::payment::v1;

struct Case {
  PaymentState payment;
  DeliveryState delivery;
  const char* word;
};

constexpr Case kCases[] = {
    {PAYMENT_STATE_PENDING, DELIVERY_STATE_UNSPECIFIED, "waiting"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_UNSPECIFIED, "preparing"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_QUEUED, "preparing"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_SENDING, "preparing"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_MAILED, "mailed"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_IN_TRANSIT, "in_transit"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_DELIVERED, "delivered"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_RETURNED, "returned"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_OUTCOME_UNKNOWN, "needs_attention"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_DEAD_LETTER, "needs_attention"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_FAILED_AT_PRINTER, "needs_attention"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_CANCELLING, "needs_attention"},
    {PAYMENT_STATE_PAID, DELIVERY_STATE_CANCELLED, "cancelled"},
    {PAYMENT_STATE_REVIEW, DELIVERY_STATE_UNSPECIFIED, "needs_attention"},
    {PAYMENT_STATE_REVIEW, DELIVERY_STATE_QUEUED, "needs_attention"},
    {PAYMENT_STATE_REVIEW, DELIVERY_STATE_MAILED, "mailed"},
    {PAYMENT_STATE_EXPIRED, DELIVERY_STATE_UNSPECIFIED, "cancelled"},
    {PAYMENT_STATE_FAILED, DELIVERY_STATE_UNSPECIFIED, "cancelled"},
    {PAYMENT_STATE_REFUNDED, DELIVERY_STATE_QUEUED, "cancelled"},
    {PAYMENT_STATE_REFUNDED, DELIVERY_STATE_CANCELLED, "cancelled"},
    {PAYMENT_STATE_REFUNDED, DELIVERY_STATE_DELIVERED, "delivered"},
    {PAYMENT_STATE_REFUNDED, DELIVERY_STATE_OUTCOME_UNKNOWN, "needs_attention"},
    {PAYMENT_STATE_UNSPECIFIED, DELIVERY_STATE_UNSPECIFIED, "needs_attention"},
};

TEST(Words, MailingFollowsFromPaymentAndDelivery) {
  for (const Case& c : kCases) {
    EXPECT_EQ(MailingStatus(c.payment, c.delivery), c.word)
        << PaymentState_Name(c.payment) << " + " << DeliveryState_Name(c.delivery);
  }
}

// A state that is added to the contract must not reach customers as a word nobody knows.
TEST(Words, EveryStateOfTheContractHasAWord) {
  for (int i = 0; i < DeliveryState_ARRAYSIZE; ++i) {
    EXPECT_NE(DeliveryStateName(static_cast<DeliveryState>(i)), "unknown") << i;
  }
  for (int i = 1; i < PaymentState_ARRAYSIZE; ++i) {
    const auto state = static_cast<PaymentState>(i);
    EXPECT_EQ(PaymentStatus(state) == "review", state == PAYMENT_STATE_REVIEW) << i;
  }
}

TEST(Words, AStateFromANewerServiceAsksForAttention) {
  const auto unknown = static_cast<DeliveryState>(99);
  EXPECT_EQ(MailingStatus(PAYMENT_STATE_PAID, unknown), "needs_attention");
  EXPECT_EQ(DeliveryStateName(unknown), "unknown");
}

}  // namespace
}  // namespace fsft::gateway
