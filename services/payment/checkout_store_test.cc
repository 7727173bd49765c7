#include <gtest/gtest.h>

#include <future>

#include "services/payment/test_payments.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

using CheckoutStoreTest = PaymentsTest;

TEST_F(CheckoutStoreTest, OpensAPaymentWithEveryParameterOfTheStripeRequest) {
  auto opened = checkouts_.Open(Wanted(), Soon());
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->state, "pending");
  EXPECT_EQ(opened->product_name, "A letter");
  EXPECT_EQ(opened->content_sha256, std::string(32, 'h'));
  EXPECT_EQ(opened->session_id, "");
  EXPECT_EQ(Owner("SELECT session_expires_at - created_at BETWEEN interval '22:59:58' AND interval "
                  "'23 hours' "
                  "FROM payment.payments"),
            "t");
  EXPECT_EQ(Owner("SELECT action || ':' || to_state || ':' || version FROM payment.audit_log"),
            "open:pending:1");
}

TEST_F(CheckoutStoreTest, AnswersTheOpenPaymentWhenTheDraftHasOne) {
  OpenWithSession();
  auto again = checkouts_.Open(Wanted(kOtherPayment), Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->payment_id, kPayment);
  EXPECT_EQ(again->session_id, "cs_test_1");
  EXPECT_EQ(again->checkout_url, "https://pay");
}

TEST_F(CheckoutStoreTest, AnswersThePaidPaymentAfterItWasPaid) {
  OpenWithSession();
  Apply(Paid());
  EXPECT_EQ(checkouts_.Open(Wanted(kOtherPayment), Soon())->state, "paid");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments"), "1");
}

TEST_F(CheckoutStoreTest, OpensANewPaymentAfterTheOldOneEnded) {
  OpenWithSession();
  Owner("UPDATE payment.payments SET state = 'expired', ended_at = now()");
  EXPECT_EQ(checkouts_.Open(Wanted(kOtherPayment), Soon())->payment_id, kOtherPayment);
}

TEST_F(CheckoutStoreTest, OpensOnePaymentForTwinsOfACheckout) {
  std::vector<std::future<std::string>> twins;
  for (int i = 0; i < 8; ++i) {
    twins.push_back(std::async(std::launch::async, [this, i] {
      const std::string id = "0193a000-0000-7000-8000-00000000010" + std::to_string(i);
      return checkouts_.Open(Wanted(id.c_str()), Soon())->payment_id;
    }));
  }
  const std::string first = twins[0].get();
  for (size_t i = 1; i < twins.size(); ++i) EXPECT_EQ(twins[i].get(), first);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments"), "1");
}

TEST_F(CheckoutStoreTest, HasNoPaymentForADraftThatIsNotThere) {
  NewPayment wanted = Wanted();
  wanted.draft_id = kOtherPayment;
  const absl::Status status = checkouts_.Open(wanted, Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "draft_not_found");
}

TEST_F(CheckoutStoreTest, KeepsTheFirstSessionOfAPayment) {
  OpenWithSession();
  EXPECT_TRUE(checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
  EXPECT_FALSE(checkouts_.StoreSession(kPayment, "cs_test_2", "https://pay", Soon()).ok());
  EXPECT_EQ((*payments_.FindByPayment(kPayment, Soon()))->session_id, "cs_test_1");
}

}  // namespace
}  // namespace fsft::payment
