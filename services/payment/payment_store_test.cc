#include "services/payment/payment_store.h"

#include <gtest/gtest.h>

#include <future>

#include "shared/metrics/metrics.h"
#include "shared/rpc/status.h"
#include "tests/support/test_database.h"

namespace fsft::payment {
namespace {

constexpr char kIntake[] = "0193a000-0000-7000-8000-00000000000a";
constexpr char kDraft[] = "0193a000-0000-7000-8000-00000000000b";
constexpr char kPayment[] = "0193a000-0000-7000-8000-000000000001";
constexpr char kOtherPayment[] = "0193a000-0000-7000-8000-000000000002";

class PaymentStoreTest : public testing::Test {
 protected:
  PaymentStoreTest()
      : database_(*db::Database::Create({.url = test_database_.Url("payment_rw"), .pool_size = 8},
                                        registry_)),
        store_(*database_) {
    Owner(std::string(
              "INSERT INTO intake.intakes (intake_id, state, city_id, section_id) VALUES ('") +
          kIntake + "', 'draft', 'us-ca-san_francisco', 'sfmta')");
    Owner(std::string(
              "INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type) VALUES ('") +
          kDraft + "', '" + kIntake + "', 1, 'standard')");
  }

  static NewPayment Wanted(const char* payment_id = kPayment) {
    return {.payment_id = payment_id,
            .intake_id = kIntake,
            .draft_id = kDraft,
            .content_sha256 = std::string(32, 'h'),
            .appeal_type = "standard",
            .amount_cents = 989,
            .currency = "usd",
            .product_name = "A letter",
            .success_url = "https://example.org/success",
            .cancel_url = "https://example.org/cancelled"};
  }

  static StripeEvent Paid(const std::string& event_id = "evt_1") {
    StripeEvent event;
    event.id = event_id;
    event.type = "checkout.session.completed";
    event.created = time::TimePoint(std::chrono::seconds(1'790'000'000));
    event.session_id = "cs_test_1";
    event.payment_intent = "pi_1";
    event.payment_status = "paid";
    event.amount_total = 989;
    event.currency = "usd";
    event.payment_id = kPayment;
    return event;
  }

  static db::Deadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

  void OpenWithSession() {
    ASSERT_TRUE(store_.Open(Wanted(), Soon()).ok());
    ASSERT_TRUE(store_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
  }

  std::string Apply(const StripeEvent& event, bool livemode = false) {
    auto outcome = store_.ApplyPaid(event, livemode, Soon());
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    return outcome.value_or("");
  }

  std::string Owner(const std::string& sql) { return test_database_.Query("fsft_owner", sql); }
  std::string State(const char* payment_id = kPayment) {
    return Owner(std::string("SELECT state FROM payment.payments WHERE payment_id = '") +
                 payment_id + "'");
  }
  std::string Outbox() {
    return Owner("SELECT string_agg(target, ',' ORDER BY target) FROM payment.outbox");
  }

  test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  PaymentStore store_;
};

TEST_F(PaymentStoreTest, OpensAPaymentWithEveryParameterOfTheStripeRequest) {
  auto opened = store_.Open(Wanted(), Soon());
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

TEST_F(PaymentStoreTest, AnswersTheOpenPaymentWhenTheDraftHasOne) {
  OpenWithSession();
  auto again = store_.Open(Wanted(kOtherPayment), Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->payment_id, kPayment);
  EXPECT_EQ(again->session_id, "cs_test_1");
  EXPECT_EQ(again->checkout_url, "https://pay");
}

TEST_F(PaymentStoreTest, AnswersThePaidPaymentAfterItWasPaid) {
  OpenWithSession();
  Apply(Paid());
  EXPECT_EQ(store_.Open(Wanted(kOtherPayment), Soon())->state, "paid");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments"), "1");
}

TEST_F(PaymentStoreTest, OpensANewPaymentAfterTheOldOneEnded) {
  OpenWithSession();
  Owner("UPDATE payment.payments SET state = 'expired', ended_at = now()");
  EXPECT_EQ(store_.Open(Wanted(kOtherPayment), Soon())->payment_id, kOtherPayment);
}

TEST_F(PaymentStoreTest, OpensOnePaymentForTwinsOfACheckout) {
  std::vector<std::future<std::string>> twins;
  for (int i = 0; i < 8; ++i) {
    twins.push_back(std::async(std::launch::async, [this, i] {
      const std::string id = "0193a000-0000-7000-8000-00000000010" + std::to_string(i);
      return store_.Open(Wanted(id.c_str()), Soon())->payment_id;
    }));
  }
  const std::string first = twins[0].get();
  for (size_t i = 1; i < twins.size(); ++i) EXPECT_EQ(twins[i].get(), first);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments"), "1");
}

TEST_F(PaymentStoreTest, HasNoPaymentForADraftThatIsNotThere) {
  NewPayment wanted = Wanted();
  wanted.draft_id = kOtherPayment;
  const absl::Status status = store_.Open(wanted, Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(rpc::DetailOf(status).reason(), "draft_not_found");
}

TEST_F(PaymentStoreTest, KeepsTheFirstSessionOfAPayment) {
  OpenWithSession();
  EXPECT_TRUE(store_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
  EXPECT_FALSE(store_.StoreSession(kPayment, "cs_test_2", "https://pay", Soon()).ok());
  EXPECT_EQ((*store_.FindByPayment(kPayment, Soon()))->session_id, "cs_test_1");
}

TEST_F(PaymentStoreTest, FindsAnOrderByPaymentAndBySession) {
  OpenWithSession();
  EXPECT_EQ((*store_.FindByPayment(kPayment, Soon()))->intake_id, kIntake);
  EXPECT_EQ((*store_.FindBySession("cs_test_1", Soon()))->payment_id, kPayment);
  EXPECT_FALSE(store_.FindByPayment(kOtherPayment, Soon())->has_value());
  EXPECT_FALSE(store_.FindBySession("cs_test_2", Soon())->has_value());
}

TEST_F(PaymentStoreTest, MovesAPaidOrderAndTellsBothNeighboursInOneCommit) {
  OpenWithSession();
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Outbox(), "fulfillment,intake");
  EXPECT_EQ(Owner("SELECT string_agg(to_state, ',' ORDER BY version) FROM payment.audit_log"),
            "pending,paid");
  EXPECT_EQ(Owner("SELECT outcome FROM payment.stripe_events"), "processed");
  auto wanted = store_.WantedOrders({kPayment}, Soon());
  ASSERT_EQ(wanted->size(), 1u);
  EXPECT_EQ(wanted->front().want, "mail");
  EXPECT_EQ(wanted->front().version, 2);
  EXPECT_TRUE(wanted->front().paid_at.has_value());
}

TEST_F(PaymentStoreTest, TakesAWebhookThatCameBeforeTheSessionWasStored) {
  ASSERT_TRUE(store_.Open(Wanted(), Soon()).ok());
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_TRUE(store_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
  EXPECT_EQ(State(), "paid");
}

TEST_F(PaymentStoreTest, DoesNothingForAnEventThatCameBefore) {
  OpenWithSession();
  Apply(Paid());
  EXPECT_EQ(Apply(Paid()), "duplicate");
  EXPECT_EQ(Apply(Paid("evt_2")), "duplicate");
  EXPECT_EQ(Owner("SELECT version FROM payment.payments"), "2");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events"), "2");
}

TEST_F(PaymentStoreTest, MovesOnceUnderTwentyConcurrentDeliveries) {
  OpenWithSession();
  std::vector<std::future<std::string>> deliveries;
  for (int i = 0; i < 20; ++i) {
    deliveries.push_back(std::async(std::launch::async, [this, i] {
      return *store_.ApplyPaid(Paid(i % 2 == 0 ? "evt_same" : "evt_" + std::to_string(i)), false,
                               Soon());
    }));
  }
  int processed = 0;
  for (auto& delivery : deliveries) processed += delivery.get() == "processed";
  EXPECT_EQ(processed, 1);
  EXPECT_EQ(Owner("SELECT version FROM payment.payments"), "2");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.audit_log WHERE to_state = 'paid'"), "1");
}

TEST_F(PaymentStoreTest, PutsMoneyThatDoesNotFitIntoReview) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.amount_total = 1;
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(State(), "review");
  EXPECT_EQ(Owner("SELECT reason FROM payment.audit_log WHERE to_state = 'review'"),
            "wrong_amount");
  EXPECT_EQ(store_.WantedOrders({kPayment}, Soon())->front().want, "hold");
}

TEST_F(PaymentStoreTest, PutsAnotherCurrencyIntoReview) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.currency = "eur";
  Apply(event);
  EXPECT_EQ(Owner("SELECT reason FROM payment.audit_log WHERE to_state = 'review'"),
            "wrong_currency");
}

TEST_F(PaymentStoreTest, PutsMoneyForAnEndedPaymentIntoReview) {
  OpenWithSession();
  Owner("UPDATE payment.payments SET state = 'expired', ended_at = now()");
  EXPECT_EQ(Apply(Paid()), "processed");
  EXPECT_EQ(State(), "review");
}

TEST_F(PaymentStoreTest, PutsTheSecondPaidSessionOfADraftIntoReview) {
  OpenWithSession();
  Owner("UPDATE payment.payments SET state = 'expired', ended_at = now()");
  ASSERT_EQ(store_.Open(Wanted(kOtherPayment), Soon())->payment_id, kOtherPayment);
  Owner(std::string("UPDATE payment.payments SET state = 'paid', paid_at = now(), ended_at = NULL "
                    "WHERE payment_id = '") +
        kPayment + "'");
  StripeEvent event = Paid();
  event.payment_id = kOtherPayment;
  event.session_id = "cs_test_2";
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(State(kOtherPayment), "review");
}

TEST_F(PaymentStoreTest, StoresAnEventOfAnUnknownPaymentAsUnmatched) {
  StripeEvent event = Paid();
  EXPECT_EQ(Apply(event), "unmatched");
  event.id = "evt_2";
  event.payment_id.clear();
  EXPECT_EQ(Apply(event), "unmatched");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events WHERE outcome = 'unmatched'"), "2");
}

TEST_F(PaymentStoreTest, DoesNotTakeAnotherSessionsMoneyForAPayment) {
  OpenWithSession();
  StripeEvent event = Paid();
  event.session_id = "cs_test_other";
  EXPECT_EQ(Apply(event), "unmatched");
  EXPECT_EQ(State(), "pending");
}

TEST_F(PaymentStoreTest, RejectsAnEventOfTheOtherLivemode) {
  OpenWithSession();
  EXPECT_EQ(Apply(Paid(), /*livemode=*/true), "rejected");
  EXPECT_EQ(State(), "pending");
}

TEST_F(PaymentStoreTest, RecordsOtherEventsOnce) {
  StripeEvent event = Paid();
  event.type = "payment_intent.created";
  EXPECT_EQ(*store_.RecordEvent(event, false, Soon()), "ignored");
  EXPECT_EQ(*store_.RecordEvent(event, false, Soon()), "duplicate");
  EXPECT_LT(**store_.LastEventAge(Soon()), 60);
}

TEST_F(PaymentStoreTest, HasNoEventAgeBeforeTheFirstEvent) {
  EXPECT_FALSE(store_.LastEventAge(Soon())->has_value());
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
  EXPECT_TRUE(*store_.PutDeliveries({mailed}, Soon()));
  EXPECT_FALSE(*store_.PutDeliveries({queued}, Soon()));
  EXPECT_FALSE(*store_.PutDeliveries({mailed}, Soon()));
  const Order order = **store_.FindByPayment(kPayment, Soon());
  EXPECT_EQ(order.delivery_state, "mailed");
  EXPECT_EQ(order.tracking_number, "92071");
  EXPECT_EQ(order.expected_delivery, "2026-12-01");
  EXPECT_EQ(order.mailed_at, mailed.mailed_at);
  EXPECT_EQ(store_.IntakeOrders({kPayment}, Soon())->front().version, 3);
}

TEST_F(PaymentStoreTest, TakesTheNewestOfTwoNewsInOneBatch) {
  OpenWithSession();
  const DeliveryNews first = {.payment_id = kPayment, .version = 1, .state = "queued"};
  const DeliveryNews second = {.payment_id = kPayment, .version = 2, .state = "dead_letter"};
  EXPECT_TRUE(*store_.PutDeliveries({second, first}, Soon()));
  EXPECT_EQ((*store_.FindByPayment(kPayment, Soon()))->delivery_state, "dead_letter");
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
