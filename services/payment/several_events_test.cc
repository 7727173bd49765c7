// Events that are taken together, as webhooks are that come at the same time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "services/payment/checkout_sql.h"
#include "services/payment/test_payments.h"

namespace fsft::payment {
namespace {

using testing::Each;
using testing::ElementsAre;

class SeveralEventsTest : public PaymentsTest {
 protected:
  using Outcomes = std::vector<std::string>;

  // Of the nth payment, which is of a draft of its own.
  static std::string PaymentId(int n) {
    return "0193a000-0000-7000-8000-0000000001" + std::to_string(10 + n);
  }
  static std::string SessionId(int n) { return "cs_test_of_" + std::to_string(n); }
  static StripeEvent PaidFor(int n) {
    StripeEvent event = Paid("evt_of_" + std::to_string(n));
    event.payment_id = PaymentId(n);
    event.session_id = SessionId(n);
    event.payment_intent = "pi_of_" + std::to_string(n);
    return event;
  }

  void Open(int count) {
    for (int n = 0; n < count; ++n) {
      NewPayment payment = Wanted(PaymentId(n));
      payment.draft_id = "0193a000-0000-7000-8000-0000000002" + std::to_string(10 + n);
      Owner("INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type) VALUES ('" +
            payment.draft_id + "', '" + kIntake + "', " + std::to_string(10 + n) +
            ", 'standard') ON CONFLICT DO NOTHING");
      ASSERT_TRUE(checkouts_.Open(payment, Soon()).ok());
      ASSERT_TRUE(
          checkouts_.StoreSession(payment.payment_id, SessionId(n), "https://pay", Soon()).ok());
    }
  }

  std::vector<std::optional<AppliedEvent>> Together(const std::vector<StripeEvent>& events) {
    std::vector<const StripeEvent*> pointers;
    for (const StripeEvent& event : events) pointers.push_back(&event);
    auto applied = events_.ApplyTogether(pointers, /*livemode=*/false, Soon());
    EXPECT_TRUE(applied.ok()) << applied.status();
    return applied.ok() ? *applied : std::vector<std::optional<AppliedEvent>>(events.size());
  }
  // "alone" for what is to be taken by itself.
  Outcomes OutcomesOf(const std::vector<StripeEvent>& events) {
    Outcomes outcomes;
    for (const auto& applied : Together(events)) {
      outcomes.push_back(applied ? applied->outcome : "alone");
    }
    return outcomes;
  }
  std::string States() const {
    return Owner("SELECT string_agg(state, ' ' ORDER BY payment_id) FROM payment.payments");
  }
};

TEST_F(SeveralEventsTest, AreTakenInOneCommit) {
  Open(3);
  const auto all = Together({PaidFor(2), PaidFor(0), PaidFor(1)});
  ASSERT_EQ(all.size(), 3u);
  const int order[] = {2, 0, 1};
  for (size_t i = 0; i < all.size(); ++i) {
    ASSERT_TRUE(all[i].has_value());
    EXPECT_EQ(all[i]->outcome, "processed");
    EXPECT_EQ(all[i]->payment_id, PaymentId(order[i]));
    EXPECT_EQ(all[i]->state, "paid");
  }
  EXPECT_EQ(States(), "paid paid paid");
  EXPECT_EQ(Owner("SELECT count(DISTINCT CAST(xmin AS text)) FROM payment.payments"), "1");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.outbox"), "6");
}

TEST_F(SeveralEventsTest, AreAnsweredEachByItself) {
  Open(3);
  ASSERT_EQ(Apply(PaidFor(1)), "processed");
  StripeEvent other_mode = PaidFor(2);
  other_mode.livemode = true;
  StripeEvent refund = PaidFor(1);
  refund.id = "evt_refund";
  refund.type = "charge.refunded";
  StripeEvent of_no_interest = PaidFor(2);
  of_no_interest.id = "evt_created";
  of_no_interest.type = "checkout.session.created";
  EXPECT_THAT(OutcomesOf({Paid("evt_of_nobody"), PaidFor(1), refund, of_no_interest, other_mode,
                          PaidFor(0)}),
              ElementsAre("unmatched", "duplicate", "alone", "alone", "rejected", "processed"));
  EXPECT_EQ(States(), "paid paid pending");
}

TEST_F(SeveralEventsTest, OfOnePaymentOneIsTakenAndTheOthersAreLeft) {
  Open(1);
  StripeEvent again = PaidFor(0);
  again.id = "evt_again";
  StripeEvent expired = PaidFor(0);
  expired.id = "evt_expired";
  expired.type = "checkout.session.expired";
  expired.payment_id.clear();
  EXPECT_THAT(OutcomesOf({PaidFor(0), PaidFor(0), again, expired}),
              ElementsAre("processed", "alone", "alone", "alone"));
  EXPECT_EQ(States(), "paid");
}

// As after a restore from a backup that was older than the second checkout.
TEST_F(SeveralEventsTest, OfTwoSessionsOfOneDraftOneIsPaidAndOneIsLookedAt) {
  Open(1);
  Owner("INSERT INTO payment.payments SELECT (jsonb_populate_record(p, '{\"payment_id\": \"" +
        PaymentId(1) + "\", \"state\": \"expired\", \"stripe_session_id\": \"" + SessionId(1) +
        "\", \"ended_at\": \"2026-11-30T00:00:00Z\"}')).* FROM payment.payments p;"
        "INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version) VALUES ('" +
        PaymentId(1) + "', 'checkout', 'open', 'expired', 1)");
  EXPECT_THAT(OutcomesOf({PaidFor(1), PaidFor(0)}), Each("processed"));
  EXPECT_EQ(States(), "paid review");
}

TEST_F(SeveralEventsTest, AreAllLeftWhenTheDatabaseRefusesOne) {
  Open(3);
  StripeEvent broken = PaidFor(1);
  broken.customer = "\xff";
  EXPECT_THAT(OutcomesOf({PaidFor(0), broken, PaidFor(2)}), Each("alone"));
  EXPECT_EQ(States(), "pending pending pending");
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events"), "0");
}

TEST_F(SeveralEventsTest, DoNotWaitForLongForAPaymentThatIsLocked) {
  Open(2);
  const absl::Status held = database_->RunTransaction(Soon(), [&](db::Transaction& other) {
    auto rows = other.Run(sql::kEnd, {{"state", "expired"},
                                      {"payment_id", PaymentId(1)},
                                      {"session_id", SessionId(1)},
                                      {"reason", "session_expired"}});
    if (!rows.ok()) return rows.status();
    EXPECT_THAT(OutcomesOf({PaidFor(0), PaidFor(1)}), Each("alone"));
    EXPECT_EQ(Apply(PaidFor(0)), "processed") << "and then the locked one is nobody's trouble";
    return absl::OkStatus();
  });
  ASSERT_TRUE(held.ok()) << held;
  EXPECT_EQ(Apply(PaidFor(1)), "processed");
  EXPECT_EQ(States(), "paid review");
}

TEST_F(SeveralEventsTest, WithoutADatabaseAreAllRefused) {
  Open(1);
  const StripeEvent event = PaidFor(0);
  const StripeEvent* const events[] = {&event};
  auto nobody = db::Database::Create({.url = "postgresql://payment_rw@127.0.0.1:1/nowhere",
                                      .pool_size = 1,
                                      .application_name = "test"},
                                     registry_);
  ASSERT_TRUE(nobody.ok()) << nobody.status();
  EventStore store(**nobody);
  EXPECT_TRUE(absl::IsUnavailable(store.ApplyTogether(events, false, Soon()).status()));
}

TEST_F(SeveralEventsTest, InOppositeOrdersDoNotBlockEachOther) {
  constexpr int kCount = 20;
  Open(kCount);
  std::vector<StripeEvent> forwards, unknown;
  for (int n = 0; n < kCount; ++n) {
    forwards.push_back(PaidFor(n));
    StripeEvent event = Paid("evt_unknown_" + std::to_string(n));
    event.payment_id.clear();
    event.session_id = "cs_test_unknown_" + std::to_string(n);
    unknown.push_back(event);
  }
  forwards.insert(forwards.end(), unknown.begin(), unknown.end());
  const std::vector<StripeEvent> backwards(forwards.rbegin(), forwards.rend());
  std::vector<std::future<Outcomes>> takers;
  for (int i = 0; i < 8; ++i) {
    takers.push_back(std::async(std::launch::async,
                                [&, i] { return OutcomesOf(i % 2 == 0 ? forwards : backwards); }));
  }
  int processed = 0, unmatched = 0;
  for (auto& taker : takers) {
    for (const std::string& outcome : taker.get()) {
      processed += outcome == "processed";
      unmatched += outcome == "unmatched";
    }
  }
  EXPECT_EQ(processed, kCount);
  EXPECT_EQ(unmatched, kCount);
  EXPECT_EQ(test_database_->Query("postgres",
                                  "SELECT deadlocks FROM pg_stat_database"
                                  " WHERE datname = current_database()"),
            "0");
}

}  // namespace
}  // namespace fsft::payment
