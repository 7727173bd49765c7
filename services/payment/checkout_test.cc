#include "services/payment/checkout.h"

#include <gtest/gtest.h>

#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

using fightsftickets::common::v1::APPEAL_TYPE_CERTIFIED;
using fightsftickets::common::v1::APPEAL_TYPE_STANDARD;
using fightsftickets::payment::v1::CreateCheckoutRequest;

const CheckoutTerms kTerms = {
    .standard_cents = 989, .certified_cents = 1989, .public_url = "https://example.org"};

CreateCheckoutRequest Request() {
  CreateCheckoutRequest request;
  request.set_intake_id("0193a000-0000-7000-8000-000000000001");
  request.set_draft_id("0193a000-0000-7000-8000-000000000002");
  request.set_content_sha256(std::string(32, 'x'));
  request.set_appeal_type(APPEAL_TYPE_STANDARD);
  return request;
}

TEST(Checkout, PricesByTheTypeOfAppeal) {
  CreateCheckoutRequest request = Request();
  EXPECT_EQ(PaymentFor(request, kTerms, "id")->amount_cents, 989);
  request.set_appeal_type(APPEAL_TYPE_CERTIFIED);
  auto certified = PaymentFor(request, kTerms, "id");
  EXPECT_EQ(certified->amount_cents, 1989);
  EXPECT_EQ(certified->appeal_type, "certified");
}

TEST(Checkout, LeadsBackToOurPagesWithStripesPlaceholderAsItIs) {
  auto payment = PaymentFor(Request(), kTerms, "id");
  EXPECT_EQ(payment->success_url, "https://example.org/success?session_id={CHECKOUT_SESSION_ID}");
  EXPECT_EQ(payment->cancel_url, "https://example.org/cancelled");
}

TEST(Checkout, NamesEveryFieldThatIsNotRight) {
  const auto payment = PaymentFor(CreateCheckoutRequest(), kTerms, "id");
  ASSERT_EQ(payment.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(rpc::DetailOf(payment.status()).field_violations_size(), 4);
}

struct Decision {
  const char* state;
  const char* reason;
};

class Decisions : public testing::TestWithParam<Decision> {};

TEST_P(Decisions, FollowThePaymentsState) {
  OpenPayment payment;
  payment.state = GetParam().state;
  EXPECT_EQ(rpc::DetailOf(MayBePaid(payment)).reason(), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(Checkout, Decisions,
                         testing::Values(Decision{"paid", "already_paid"},
                                         Decision{"refunded", "already_paid"},
                                         Decision{"review", "in_review"}));

TEST(Checkout, LetsAPendingPaymentBePaid) {
  OpenPayment payment;
  payment.state = "pending";
  EXPECT_TRUE(MayBePaid(payment).ok());
}

}  // namespace
}  // namespace fsft::payment
