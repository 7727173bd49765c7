#include "services/payment/several_orders.h"

#include <gtest/gtest.h>

#include "services/payment/test_payments.h"

namespace fsft::payment {
namespace {

using fightsftickets::payment::v1::GetOrdersRequest;
using fightsftickets::payment::v1::GetOrdersResponse;

class SeveralOrdersTest : public PaymentsTest {
 protected:
  void Session(const std::string& id) { request_.add_orders()->set_session_id(id); }
  void Payment(const std::string& id) { request_.add_orders()->set_payment_id(id); }
  absl::Status Find() { return FindSeveral(payments_, request_, Soon(), response_); }

  GetOrdersRequest request_;
  GetOrdersResponse response_;
};

TEST_F(SeveralOrdersTest, AreAnsweredInTheOrderOfTheRequest) {
  OpenWithSession();
  Session("cs_test_2");
  Session("cs_test_1");
  Payment(kOtherPayment);
  Payment(kPayment);
  Session("cs_test_1");
  ASSERT_TRUE(Find().ok());
  ASSERT_EQ(response_.orders_size(), 5);
  EXPECT_FALSE(response_.orders(0).has_order());
  EXPECT_EQ(response_.orders(1).order().payment_id(), kPayment);
  EXPECT_FALSE(response_.orders(2).has_order());
  EXPECT_EQ(response_.orders(3).order().session_id(), "cs_test_1");
  EXPECT_EQ(response_.orders(4).order().intake_id(), kIntake);
}

TEST_F(SeveralOrdersTest, WhatIsNoIdIsNobodysAndSpoilsNothing) {
  OpenWithSession();
  Payment("no uuid");
  Payment("");
  Session(R"({"quoted\", and, more})");
  Session("cs_test_1");
  ASSERT_TRUE(Find().ok());
  ASSERT_EQ(response_.orders_size(), 4);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(response_.orders(i).has_order()) << i;
  EXPECT_TRUE(response_.orders(3).has_order());
}

TEST_F(SeveralOrdersTest, SayForWhichStripeMayBeAsked) {
  OpenWithSession();
  Session("cs_test_1");
  Payment(kPayment);
  ASSERT_TRUE(Find().ok());
  EXPECT_FALSE(response_.orders(0).may_be_checked()) << "it has only just been opened";

  Owner("UPDATE payment.payments SET created_at = created_at - interval '1 minute'");
  response_.Clear();
  ASSERT_TRUE(Find().ok());
  EXPECT_TRUE(response_.orders(0).may_be_checked());
  EXPECT_FALSE(response_.orders(1).may_be_checked()) << "only who comes from Stripe's page asks it";
}

TEST_F(SeveralOrdersTest, TooManyOrByAnotherKeyAreRefused) {
  for (int i = 0; i < 100; ++i) Session("cs_test_1");
  EXPECT_TRUE(Find().ok());
  Session("cs_test_1");
  EXPECT_EQ(Find().code(), absl::StatusCode::kInvalidArgument);

  request_.Clear();
  request_.add_orders()->set_intake_id(kIntake);
  EXPECT_EQ(Find().code(), absl::StatusCode::kInvalidArgument);
  request_.Clear();
  request_.add_orders();
  EXPECT_EQ(Find().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace fsft::payment
