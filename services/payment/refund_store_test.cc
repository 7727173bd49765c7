#include "services/payment/refund_store.h"

#include <gtest/gtest.h>

#include <future>

#include "services/payment/test_payments.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

class RefundStoreTest : public PaymentsTest {
 protected:
  void SetUp() override {
    OpenWithSession();
    ASSERT_EQ(Apply(Paid()), "processed");
  }

  RefundWish Wish(std::optional<int64_t> amount = {}, const std::string& key = "") {
    return {.payment_id = kPayment,
            .amount_cents = amount,
            .reason = "other",
            .actor = "ann",
            .request_key = key.empty() ? "key " + std::to_string(++requests_) : key,
            .request_digest = "digest",
            .request_lifetime = std::chrono::minutes(15)};
  }
  DueRefund Request(std::optional<int64_t> amount = {}) {
    auto requested = refunds_.Request(Wish(amount), Soon());
    EXPECT_TRUE(requested.ok()) << requested.status();
    return requested.ok() && requested->due ? *requested->due : DueRefund();
  }
  std::string ReasonOf(const absl::Status& status) { return rpc::DetailOf(status).reason(); }
  std::string RefundRow() const {
    return Owner(
        "SELECT string_agg(concat_ws(' ', state, amount_cents, nullif(failure, '')), ', ' "
        "ORDER BY refund_id) FROM payment.refunds");
  }
  std::string Money() const {
    return Owner(
        "SELECT concat_ws(' ', state, refunded_cents, refund_reserved_cents, "
        "CASE WHEN hold THEN 'hold' END) FROM payment.payments");
  }
  std::string Want() { return payments_.WantedOrders({kPayment}, Soon())->front().want; }
  static RefundNews News(const DueRefund& refund, const std::string& status) {
    return {.stripe_refund_id = "re_" + refund.refund_id,
            .refund_id = refund.refund_id,
            .status = status,
            .amount_cents = refund.amount_cents,
            .at = time::TimePoint(std::chrono::seconds(1'790'000'000))};
  }
  void MakeDue() { Owner("UPDATE payment.refunds SET next_at = now()"); }

  int requests_ = 0;
  time::FakeClock clock_{time::TimePoint(std::chrono::seconds(1'790'000'100))};
  RefundStore refunds_{*database_, clock_};
};

TEST_F(RefundStoreTest, ReservesTheMoneyAndHoldsTheLetterInOneCommit) {
  Owner("DELETE FROM payment.outbox");
  const DueRefund refund = Request(300);
  EXPECT_EQ(refund.state, "requested");
  EXPECT_EQ(refund.payment_intent, "pi_1");
  EXPECT_FALSE(refund.is_whole);
  EXPECT_FALSE(refund.leaves_nothing);
  EXPECT_EQ(Money(), "paid 0 300");
  EXPECT_EQ(Want(), "hold");
  EXPECT_EQ(Outbox(), "fulfillment,intake");
  EXPECT_EQ(Owner("SELECT concat_ws(' ', actor, action, reason) FROM payment.audit_log"
                  " ORDER BY version DESC LIMIT 1"),
            "ann refund_requested other");
}

TEST_F(RefundStoreTest, LeadsARefundToItsEnd) {
  const DueRefund refund = Request();
  EXPECT_TRUE(refund.is_whole);
  EXPECT_TRUE(refund.leaves_nothing);
  EXPECT_TRUE(*refunds_.Hold(refund, false, Soon()));
  EXPECT_EQ(RefundRow(), "held 989");
  EXPECT_EQ(Want(), "hold");
  EXPECT_TRUE(*refunds_.Take(refund, News(refund, "pending"), Soon()));
  EXPECT_EQ(RefundRow(), "submitted 989");
  EXPECT_EQ(Money(), "paid 0 989");
  EXPECT_TRUE(*refunds_.Take(refund, News(refund, "succeeded"), Soon()));
  EXPECT_FALSE(*refunds_.Take(refund, News(refund, "succeeded"), Soon()));
  EXPECT_EQ(RefundRow(), "succeeded 989");
  EXPECT_EQ(Money(), "paid 989 0");
  EXPECT_EQ(Want(), "cancel");
  const auto found = refunds_.Find(refund.refund_id, Soon());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->state, "succeeded");
  EXPECT_EQ(found->currency, "usd");
  EXPECT_TRUE(found->settled_at.has_value());
}

TEST_F(RefundStoreTest, MailsAfterAPartialRefundIsSettled) {
  const DueRefund refund = Request(300);
  refunds_.Hold(refund, false, Soon()).IgnoreError();
  EXPECT_EQ(Want(), "hold");
  EXPECT_TRUE(*refunds_.Take(refund, News(refund, "succeeded"), Soon()));
  EXPECT_EQ(Money(), "paid 300 0");
  EXPECT_EQ(Want(), "mail");
}

TEST_F(RefundStoreTest, NeverReservesMoreThanIsLeft) {
  std::vector<std::future<bool>> requests;
  for (int i = 0; i < 50; ++i) {
    requests.push_back(std::async(std::launch::async, [this, wish = Wish(100)] {
      const auto requested = refunds_.Request(wish, Soon());
      if (requested.ok()) return true;
      // By the rule, and not only by the table's constraint behind it.
      const auto detail = rpc::DetailOf(requested.status());
      EXPECT_EQ(detail.field_violations_size(), 1) << requested.status();
      return false;
    }));
  }
  int taken = 0;
  for (auto& request : requests) taken += request.get();
  EXPECT_EQ(taken, 9);
  EXPECT_EQ(Money(), "paid 0 900");
  EXPECT_EQ(Request().amount_cents, 89);
  EXPECT_EQ(ReasonOf(refunds_.Request(Wish(), Soon()).status()), "nothing_to_refund");
}

TEST_F(RefundStoreTest, GivesBackAllClaimsThatAreNotLost) {
  const DueRefund first = Request(100), second = Request(200);
  DueRefund lost = Request(300);
  lost.claim -= 1;
  const std::vector<DueRefund> claimed = {first, second, lost};
  ASSERT_TRUE(refunds_.GiveBack(claimed, Soon()).ok());
  EXPECT_EQ(Owner("SELECT string_agg(CAST(amount_cents AS text), ' ' ORDER BY amount_cents) "
                  "FROM payment.refunds WHERE next_at <= now()"),
            "100 200");
}

TEST_F(RefundStoreTest, RefusesWhatCannotBeGivenBack) {
  for (const int64_t amount : {int64_t{0}, int64_t{-1}, int64_t{990}, INT64_MAX}) {
    const absl::Status status = refunds_.Request(Wish(amount), Soon()).status();
    ASSERT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_EQ(rpc::DetailOf(status).field_violations(0).field(), "amount_cents");
  }
  RefundWish unknown = Wish();
  unknown.payment_id = kOtherPayment;
  EXPECT_EQ(ReasonOf(refunds_.Request(unknown, Soon()).status()), "order_not_found");
  RefundWish no_review = Wish();
  no_review.ends_review = true;
  EXPECT_EQ(ReasonOf(refunds_.Request(no_review, Soon()).status()), "nothing_to_resolve");
  StartAfresh();
  OpenWithSession();
  EXPECT_EQ(ReasonOf(refunds_.Request(Wish(), Soon()).status()), "not_paid");
  EXPECT_EQ(RefundRow(), "");
}

TEST_F(RefundStoreTest, KnowsARequestThatComesAgain) {
  const auto first = refunds_.Request(Wish(300, "key"), Soon());
  const auto again = refunds_.Request(Wish(300, "key"), Soon());
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(again->refund_id, first->refund_id);
  EXPECT_FALSE(again->due.has_value());
  EXPECT_EQ(Money(), "paid 0 300");

  RefundWish other = Wish(200, "key");
  other.request_digest = "another";
  EXPECT_EQ(ReasonOf(refunds_.Request(other, Soon()).status()), "idempotency_key_reused");
  // After its time the key is new.
  Owner("UPDATE payment.refunds SET request_expires_at = now()");
  EXPECT_NE(refunds_.Request(other, Soon())->refund_id, first->refund_id);
  EXPECT_EQ(Money(), "paid 0 500");
}

TEST_F(RefundStoreTest, ReturnsWhatWasReservedWhenItFails) {
  const DueRefund refund = Request();
  refunds_.Hold(refund, false, Soon()).IgnoreError();
  EXPECT_TRUE(*refunds_.Fail(refund, "charge_disputed", true, Soon()));
  EXPECT_EQ(RefundRow(), "failed 989 charge_disputed");
  EXPECT_EQ(Money(), "paid 0 0 hold");
  EXPECT_EQ(Want(), "hold");
  // The operator decides that the letter is mailed after all.
  EXPECT_FALSE(*refunds_.Accept(kPayment, "ann", Soon())) << "was paid before";
  EXPECT_FALSE(*refunds_.Accept(kPayment, "ann", Soon()));
  EXPECT_EQ(Want(), "mail");
}

TEST_F(RefundStoreTest, HoldsTheLetterOfARefundThatFailsAfterItHadSucceeded) {
  const DueRefund refund = Request();
  refunds_.Hold(refund, false, Soon()).IgnoreError();
  refunds_.Take(refund, News(refund, "succeeded"), Soon()).IgnoreError();
  StripeEvent event = Event("evt_2", "refund.failed");
  event.session_id.clear();
  event.object_id = "re_" + refund.refund_id;
  event.object_status = "failed";
  event.refund_id = refund.refund_id;
  event.failure = "expired_or_canceled_card";
  EXPECT_EQ(Apply(event), "processed");
  EXPECT_EQ(RefundRow(), "failed 989 expired_or_canceled_card");
  EXPECT_EQ(Money(), "paid 0 0 hold");
}

TEST_F(RefundStoreTest, TakesStripesEventBeforeItsAnswer) {
  const DueRefund refund = Request(300);
  refunds_.Hold(refund, false, Soon()).IgnoreError();
  StripeEvent charge = Event("evt_1", "charge.refunded");
  charge.amount_cents = 300;
  Apply(charge);
  // What is reserved is not counted twice for what is left.
  EXPECT_EQ(Money(), "paid 300 300");
  StripeEvent told = Event("evt_2", "refund.updated");
  told.session_id.clear();
  told.object_id = "re_" + refund.refund_id;
  told.object_status = "succeeded";
  told.refund_id = refund.refund_id;
  told.amount_cents = 300;
  EXPECT_EQ(Apply(told), "processed");
  EXPECT_EQ(Money(), "paid 300 0");
  EXPECT_FALSE(*refunds_.Take(refund, News(refund, "succeeded"), Soon()));
  EXPECT_FALSE(*refunds_.Fail(refund, "too_late", true, Soon()));
  EXPECT_EQ(Money(), "paid 300 0");
}

TEST_F(RefundStoreTest, ClaimsWhatIsDueForOneWorkerAtATime) {
  const DueRefund mine = Request(300);
  EXPECT_TRUE(refunds_.Claim(10, Soon())->empty());
  // Its worker has died.
  MakeDue();
  const auto claimed = refunds_.Claim(10, Soon());
  ASSERT_EQ(claimed->size(), 1u);
  EXPECT_EQ(claimed->front().refund_id, mine.refund_id);
  EXPECT_TRUE(refunds_.Claim(10, Soon())->empty());
  // And was not dead: it writes nothing any more.
  EXPECT_FALSE(*refunds_.Hold(mine, false, Soon()));
  EXPECT_FALSE(*refunds_.Fail(mine, "late", true, Soon()));
  EXPECT_FALSE(*refunds_.PutOff(mine, std::chrono::seconds(0), Soon()));
  EXPECT_TRUE(*refunds_.PutOff(claimed->front(), std::chrono::seconds(0), Soon()));
  EXPECT_EQ(refunds_.Claim(10, Soon())->front().failures, 1);
}

TEST_F(RefundStoreTest, ForcesTheRefundThatWaitsInsteadOfMakingAnother) {
  Request();
  Owner("UPDATE payment.payments SET delivery_state = 'outcome_unknown'");
  EXPECT_TRUE(
      refunds_.Find(Owner("SELECT refund_id FROM payment.refunds"), Soon())->is_outcome_unknown);
  RefundWish force = Wish();
  force.force = true;
  const auto forced = refunds_.Request(force, Soon());
  ASSERT_TRUE(forced.ok()) << forced.status();
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.refunds"), "1");
  EXPECT_TRUE(refunds_.Claim(10, Soon())->front().is_forced);
  EXPECT_EQ(Owner("SELECT action FROM payment.audit_log ORDER BY version DESC LIMIT 1"),
            "refund_forced");
}

TEST_F(RefundStoreTest, KnowsThatTheLetterHadBeenMailed) {
  Owner("UPDATE payment.payments SET delivery_state = 'mailed', mailed_at = now()");
  EXPECT_TRUE(Request().is_after_mailing);
}

class ReviewTest : public RefundStoreTest {
 protected:
  void SetUp() override {
    OpenWithSession();
    StripeEvent wrong = Paid();
    wrong.amount_cents = 1;
    ASSERT_EQ(Apply(wrong), "processed");
    ASSERT_EQ(State(), "review");
  }
};

TEST_F(ReviewTest, AnOperatorTakesTheMoney) {
  EXPECT_TRUE(*refunds_.Accept(kPayment, "ann", Soon())) << "paid for the first time";
  EXPECT_FALSE(*refunds_.Accept(kPayment, "ann", Soon()));
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Want(), "mail");
  EXPECT_EQ(Owner("SELECT concat_ws(' ', actor, action, from_state, to_state)"
                  " FROM payment.audit_log ORDER BY version DESC LIMIT 1"),
            "ann accept review paid");
}

TEST_F(RefundStoreTest, AnOrderThatComesBackFromReviewWasPaidBefore) {
  ASSERT_EQ(Apply(Event("evt_end", "checkout.session.expired")), "processed");
  ASSERT_EQ(State(), "review");
  EXPECT_FALSE(*refunds_.Accept(kPayment, "ann", Soon()));
  EXPECT_EQ(State(), "paid");
}

TEST_F(ReviewTest, AnOperatorGivesTheMoneyBack) {
  RefundWish wish = Wish();
  wish.ends_review = true;
  const auto requested = refunds_.Request(wish, Soon());
  ASSERT_TRUE(requested.ok()) << requested.status();
  // Without an amount at Stripe, because what came is not what was asked for.
  EXPECT_TRUE(requested->due->is_whole);
  refunds_.Hold(*requested->due, false, Soon()).IgnoreError();
  EXPECT_TRUE(*refunds_.Take(*requested->due, News(*requested->due, "succeeded"), Soon()));
  EXPECT_EQ(Money(), "refunded 989 0");
  EXPECT_EQ(ReasonOf(refunds_.Accept(kPayment, "ann", Soon()).status()), "nothing_to_resolve");
  EXPECT_EQ(ReasonOf(refunds_.Request(Wish(), Soon()).status()), "not_paid");
}

TEST_F(ReviewTest, ASecondPaymentOfADraftCanOnlyGoBack) {
  Owner(std::string("INSERT INTO payment.payments SELECT (jsonb_populate_record(p, '{") +
        "\"payment_id\": \"" + kOtherPayment +
        "\", \"state\": \"paid\", \"version\": 1, \"stripe_session_id\": \"cs_test_2\"}')).*"
        " FROM payment.payments p;"
        "INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version) VALUES ('" +
        kOtherPayment + "', 'checkout', 'open', 'paid', 1)");
  EXPECT_EQ(ReasonOf(refunds_.Accept(kPayment, "ann", Soon()).status()), "second_payment");
  EXPECT_EQ(State(), "review");
}

}  // namespace
}  // namespace fsft::payment
