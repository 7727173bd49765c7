#include <gtest/gtest.h>

#include "services/payment/test_payments.h"

namespace fsft::payment {
namespace {

using PaymentStoreTest = PaymentsTest;

TEST_F(PaymentStoreTest, FindsAnOrderByPaymentAndBySession) {
  OpenWithSession();
  EXPECT_EQ((*payments_.FindByPayment(kPayment, Soon()))->intake_id, kIntake);
  EXPECT_EQ((*payments_.FindBySession("cs_test_1", Soon()))->payment_id, kPayment);
  EXPECT_FALSE(payments_.FindByPayment(kOtherPayment, Soon())->has_value());
  EXPECT_FALSE(payments_.FindBySession("cs_test_2", Soon())->has_value());
}

TEST_F(PaymentStoreTest, TellsFulfillmentWhetherTheMoneyIsReal) {
  OpenWithSession();
  const auto livemode = [&] {
    return payments_.WantedOrders({kPayment}, Soon())->front().livemode;
  };
  EXPECT_EQ(livemode(), false);
  Owner("UPDATE payment.payments SET stripe_session_id = 'cs_live_1'");
  EXPECT_EQ(livemode(), true);
  Owner("UPDATE payment.payments SET stripe_session_id = NULL");
  EXPECT_EQ(livemode(), std::nullopt);
}

TEST_F(PaymentStoreTest, TakesNewsOfALetterOnceAndInAnyOrder) {
  OpenWithSession();
  Apply(Paid());
  const DeliveryNews queued = {.payment_id = kPayment, .version = 1, .state = "queued"};
  const DeliveryNews mailed = {.payment_id = kPayment,
                               .version = 3,
                               .state = "mailed",
                               .letter_id = "ltr_1",
                               .tracking_number = "92071",
                               .expected_delivery = "2026-12-01",
                               .mailed_at = time::TimePoint(std::chrono::seconds(1'790'000'100))};
  EXPECT_EQ(payments_.PutDeliveries({mailed}, Soon())->moved, 1);
  EXPECT_EQ(payments_.PutDeliveries({queued}, Soon())->moved, 0);
  EXPECT_EQ(payments_.PutDeliveries({mailed}, Soon())->moved, 0);
  const Order order = **payments_.FindByPayment(kPayment, Soon());
  EXPECT_EQ(order.delivery_state, "mailed");
  EXPECT_EQ(order.tracking_number, "92071");
  EXPECT_EQ(order.expected_delivery, "2026-12-01");
  EXPECT_EQ(order.mailed_at, mailed.mailed_at);
  EXPECT_EQ(payments_.IntakeOrders({kPayment}, Soon())->front().version, 3);
}

TEST_F(PaymentStoreTest, TellsWhenALetterArrived) {
  OpenWithSession();
  const DeliveryNews news = {.payment_id = kPayment,
                             .version = 1,
                             .state = "returned",
                             .mailed_at = time::TimePoint(std::chrono::seconds(1'790'000'000)),
                             .delivered_at = time::TimePoint(std::chrono::seconds(1'790'000'001)),
                             .returned_at = time::TimePoint(std::chrono::seconds(1'790'000'002))};
  EXPECT_EQ(payments_.PutDeliveries({news}, Soon())->moved, 1);
  const Order order = **payments_.FindByPayment(kPayment, Soon());
  EXPECT_EQ(order.delivered_at, news.delivered_at);
  EXPECT_EQ(order.returned_at, news.returned_at);
}

TEST_F(PaymentStoreTest, TakesTheNewestOfTwoNewsInOneBatch) {
  OpenWithSession();
  const DeliveryNews first = {.payment_id = kPayment, .version = 1, .state = "queued"};
  const DeliveryNews second = {.payment_id = kPayment, .version = 2, .state = "dead_letter"};
  EXPECT_EQ(payments_.PutDeliveries({second, first}, Soon())->moved, 1);
  EXPECT_EQ((*payments_.FindByPayment(kPayment, Soon()))->delivery_state, "dead_letter");
}

struct WantCase {
  const char* state;
  int refunded;
  int reserved;
  const char* dispute;
  bool hold;
  const char* want;
};

TEST_F(PaymentStoreTest, WantsTheLetterThatTheMoneyAllows) {
  const WantCase cases[] = {
      {"pending", 0, 0, "none", false, "cancel"}, {"expired", 0, 0, "none", false, "cancel"},
      {"failed", 0, 0, "none", false, "cancel"},  {"refunded", 989, 0, "none", false, "cancel"},
      {"paid", 0, 0, "none", false, "mail"},      {"paid", 0, 0, "won", false, "mail"},
      {"paid", 100, 0, "none", false, "mail"},    {"paid", 0, 100, "none", false, "hold"},
      {"paid", 989, 0, "none", false, "cancel"},  {"paid", 989, 0, "open", true, "cancel"},
      {"paid", 0, 0, "open", false, "hold"},      {"paid", 0, 0, "inquiry", false, "hold"},
      {"paid", 0, 0, "lost", false, "cancel"},    {"paid", 0, 0, "none", true, "hold"},
      {"review", 0, 0, "none", false, "hold"},    {"review", 989, 0, "none", false, "cancel"},
  };
  for (const WantCase& c : cases) {
    const std::string call = std::string("SELECT payment.want('") + c.state + "', 989, " +
                             std::to_string(c.refunded) + ", " + std::to_string(c.reserved) +
                             ", '" + c.dispute + "', " + (c.hold ? "true" : "false") + ")";
    EXPECT_EQ(Owner(call), c.want) << call;
  }
}

}  // namespace
}  // namespace fsft::payment
