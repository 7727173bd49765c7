#include "shared/words/words.h"

#include <gtest/gtest.h>

#include "fightsftickets/common/v1/common.pb.h"
#include "fightsftickets/payment/v1/payments.pb.h"

namespace fsft::words {
namespace {

using namespace fightsftickets;

TEST(Words, GoThereAndBackForEveryValue) {
  for (int value = common::v1::DeliveryState_MIN + 1; value <= common::v1::DeliveryState_MAX;
       ++value) {
    const auto state = static_cast<common::v1::DeliveryState>(value);
    EXPECT_FALSE(WordOf(state).empty());
    EXPECT_EQ(EnumOf<common::v1::DeliveryState>(WordOf(state)), state);
  }
}

TEST(Words, AreTheOnesOfTheTables) {
  EXPECT_EQ(WordOf(common::v1::DELIVERY_STATE_FAILED_AT_PRINTER), "failed_at_printer");
  EXPECT_EQ(WordOf(common::v1::APPEAL_TYPE_CERTIFIED), "certified");
  EXPECT_EQ(EnumOf<payment::v1::PaymentState>("refunded"), payment::v1::PAYMENT_STATE_REFUNDED);
}

TEST(Words, OfValuesThatAreNotKnownAreUnspecified) {
  EXPECT_EQ(WordOf(common::v1::APPEAL_TYPE_UNSPECIFIED), "");
  EXPECT_EQ(WordOf(static_cast<common::v1::AppealType>(77)), "");
  EXPECT_EQ(EnumOf<common::v1::AppealType>("by_pigeon"), common::v1::APPEAL_TYPE_UNSPECIFIED);
  EXPECT_EQ(EnumOf<common::v1::AppealType>(""), common::v1::APPEAL_TYPE_UNSPECIFIED);
}

}  // namespace
}  // namespace fsft::words
