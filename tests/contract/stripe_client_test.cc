// The payment service's client against Stripe's stand-in, which Stripe's own library has judged.
#include "services/payment/stripe_client.h"

#include <gtest/gtest.h>

#include "tests/sandbox/testing.h"

namespace fsft::payment {
namespace {

using sandbox::testing::Bench;
using std::chrono::hours;
using std::chrono::seconds;

constexpr char kPayment[] = "0193a000-0000-7000-8000-000000000001";
constexpr char kRefund[] = "0193a000-0000-7000-8000-00000000000c";
constexpr char kOtherRefund[] = "0193a000-0000-7000-8000-00000000000d";

class StripeClientTest : public testing::Test {
 protected:
  StripeClientTest() {
    payment_.payment_id = kPayment;
    payment_.amount_cents = 1989;
    payment_.currency = "usd";
    payment_.product_name = "Appeal letter";
    payment_.success_url = "http://shop.test/success?session_id={CHECKOUT_SESSION_ID}";
    payment_.cancel_url = "http://shop.test/cancelled";
    payment_.created_at = clock_.Now();
    payment_.session_expires_at = clock_.Now() + hours(23);
  }

  static rpc::Deadline Soon() { return rpc::In(seconds(10)); }

  // The payment's session, paid.
  StripeSession Pay(const sandbox::Json& how = sandbox::Json::object()) {
    const CreateAnswer created = stripe_.CreateSession(payment_, Soon());
    EXPECT_EQ(created.verdict, CreateVerdict::kCreated);
    bench_.Control("POST", "/stripe/pay/" + created.session.id, how);
    return Found();
  }
  StripeSession Found() {
    const auto found = stripe_.FindSession(payment_, Soon());
    EXPECT_TRUE(found.ok() && found->has_value()) << found.status();
    return found.value().value_or(StripeSession{});
  }
  RefundAnswer Refund(const std::string& refund_id, std::optional<int64_t> cents = {}) {
    return stripe_.CreateRefund({.refund_id = refund_id,
                                 .payment_id = kPayment,
                                 .payment_intent = Found().payment_intent,
                                 .amount_cents = cents,
                                 .reason = "requested_by_customer"},
                                Soon());
  }

  Bench bench_;
  http::Client http_;
  time::SystemClock clock_;
  metrics::Registry registry_;
  CircuitBreaker breaker_{clock_, registry_};
  StripeApi api_{http_, breaker_, {.base = bench_.url(), .secret_key = [] {
                                     return config::Secret("sk_test_client");
                                   }}};
  StripeClient stripe_{api_};
  OpenPayment payment_;
};

TEST_F(StripeClientTest, SeesAllOfAPaidSession) {
  const StripeSession paid = Pay({{"customer", "cus_1"}});
  EXPECT_EQ(paid.status, "complete");
  EXPECT_EQ(paid.payment_status, "paid");
  EXPECT_EQ(paid.amount_cents, 1989);
  EXPECT_EQ(paid.currency, "usd");
  EXPECT_EQ(paid.customer, "cus_1");
  EXPECT_TRUE(paid.payment_intent.starts_with("pi_")) << paid.payment_intent;
  EXPECT_TRUE(paid.receipt_url.starts_with("http")) << paid.receipt_url;
  EXPECT_FALSE(paid.livemode);
  // By its id as by its reference.
  payment_.session_id = paid.id;
  EXPECT_EQ(Found().receipt_url, paid.receipt_url);
}

TEST_F(StripeClientTest, SeesThatASessionIsNotPaid) {
  ASSERT_EQ(stripe_.CreateSession(payment_, Soon()).verdict, CreateVerdict::kCreated);
  const StripeSession open = Found();
  EXPECT_EQ(open.status, "open");
  EXPECT_EQ(open.payment_status, "unpaid");
  EXPECT_EQ(open.payment_intent, "");
  EXPECT_EQ(open.receipt_url, "");
}

TEST_F(StripeClientTest, GivesBackOnceUnderOneId) {
  Pay();
  const RefundAnswer first = Refund(kRefund, 989);
  ASSERT_EQ(first.verdict, CreateVerdict::kCreated);
  EXPECT_EQ(first.refund.status, "succeeded");
  EXPECT_EQ(first.refund.refund_id, kRefund);
  EXPECT_EQ(Refund(kRefund, 989).refund.id, first.refund.id);
  EXPECT_EQ(Refund(kRefund, 5).code, "idempotency_error");
  EXPECT_EQ(Refund(kOtherRefund).refund.amount_cents, 1000);  // what is left
  EXPECT_EQ(Refund("0193a000-0000-7000-8000-00000000000e").code, "charge_already_refunded");
}

TEST_F(StripeClientTest, FindsItsRefundBehindMoreThanAPageOfOthers) {
  const StripeSession paid = Pay();
  const RefundAnswer ours = Refund(kRefund, 1);
  for (int i = 0; i < 101; ++i) {
    bench_.Control("POST", "/stripe/refund/" + paid.id, {{"amount", 1}});
  }
  const auto found = stripe_.FindRefund(paid.payment_intent, kRefund, Soon());
  ASSERT_TRUE(found.ok() && found->has_value()) << found.status();
  EXPECT_EQ((*found)->id, ours.refund.id);
  const auto none = stripe_.FindRefund(paid.payment_intent, kOtherRefund, Soon());
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->has_value());
}

TEST_F(StripeClientTest, SeesARefundThatFailed) {
  const StripeSession paid = Pay();
  bench_.Control("POST", "/stripe/refunds/" + Refund(kRefund).refund.id + "/settle",
                 {{"status", "failed"}});
  const auto found = stripe_.FindRefund(paid.payment_intent, kRefund, Soon());
  ASSERT_TRUE(found.ok() && found->has_value()) << found.status();
  EXPECT_EQ((*found)->status, "failed");
  EXPECT_EQ((*found)->failure_reason, "unknown");
}

TEST_F(StripeClientTest, ReadsWhatHasHappenedPageByPage) {
  Pay({{"deliver", false}});
  Refund(kRefund);
  EventQuery query{.from = clock_.Now() - hours(1), .until = clock_.Now() + hours(1), .limit = 2};
  std::vector<std::string> types;
  for (bool has_more = true; has_more;) {
    const auto page = stripe_.ListEvents(query, Soon());
    ASSERT_TRUE(page.ok()) << page.status();
    for (const StripeEvent& event : page->events) types.push_back(event.type);
    has_more = page->has_more;
    query.starting_after = page->last_id;
  }
  EXPECT_EQ(types, (std::vector<std::string>{"refund.created", "charge.refunded",
                                             "checkout.session.completed",
                                             "payment_intent.succeeded", "charge.succeeded"}));
}

TEST_F(StripeClientTest, ReadsOnlyTheEventsThatItWants) {
  const StripeSession paid = Pay();
  EventQuery query{.from = clock_.Now() - hours(1),
                   .until = clock_.Now() + hours(1),
                   .types = {"checkout.session.completed", "checkout.session.expired"}};
  const auto page = stripe_.ListEvents(query, Soon());
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_EQ(page->events[0].session_id, paid.id);
  EXPECT_EQ(page->events[0].payment_id, kPayment);
  query.until = query.from;
  EXPECT_TRUE(stripe_.ListEvents(query, Soon())->events.empty());
}

}  // namespace
}  // namespace fsft::payment
