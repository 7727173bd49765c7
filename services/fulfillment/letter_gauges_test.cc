#include "services/fulfillment/letter_gauges.h"

#include <gtest/gtest.h>

#include "services/fulfillment/letter_gauges_sql.h"
#include "services/fulfillment/test_orders.h"
#include "tests/support/explain.h"

namespace fsft::fulfillment {
namespace {

class LetterGaugesTest : public LettersTest {
 protected:
  double Measured(const char* name, const metrics::Labels& labels = {}) {
    const absl::StatusOr<int> measured = gauges_.Measure({{"key", kKeyOfTheTests}});
    EXPECT_TRUE(measured.ok()) << measured.status();
    return registry_.AddGauge(name, "", labels).Value();
  }
  double Waiting(const char* state) { return Measured("letters_waiting", {{"state", state}}); }
  double Paused(const char* cause) { return Measured("mailing_paused", {{"cause", cause}}); }
  int64_t Buffers() {
    return test::BuffersOf(*test_database_, "fulfillment_rw", std::string(sql::kLetterGauges.sql),
                           {{"key", "'k'"}});
  }
  // So many letters that were delivered.
  void MakeHistory(int letters) {
    PutNewOrder();
    Sql("INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, "
        "appeal_type, amount_cents, currency, product_name, success_url, cancel_url, "
        "session_expires_at, ended_at) SELECT gen_random_uuid(), intake_id, draft_id, sha256('x'), "
        "'expired', 'standard', 989, 'usd', '', '', '', now(), now() FROM (SELECT * FROM "
        "intake.drafts LIMIT 1) AS d, generate_series(1, " +
        std::to_string(letters) +
        "); INSERT INTO fulfillment.letters (payment_id, order_version, want, intake_id, draft_id, "
        "content_sha256, appeal_type, state, lob_letter_id, mailed_at, delivered_at) SELECT "
        "payment_id, 1, 'mail', intake_id, draft_id, content_sha256, 'standard', 'delivered', "
        "payment_id, now(), now() FROM payment.payments p WHERE NOT EXISTS (SELECT FROM "
        "fulfillment.letters l WHERE l.payment_id = p.payment_id)");
    Sql("VACUUM ANALYZE fulfillment.letters");
  }

  db::Gauges gauges_ = LetterGauges(*database_, registry_);
};

TEST_F(LetterGaugesTest, CountLettersByWhatTheyWaitFor) {
  PutNewOrder();
  const std::string second = PutNewOrder().payment_id;
  EXPECT_EQ(Waiting("queued"), 2);
  EXPECT_EQ(Waiting("dead_letter"), 0);
  Sql("UPDATE fulfillment.letters SET state = 'dead_letter', reason = 'test' WHERE payment_id = '" +
      second + "'; UPDATE fulfillment.audit_log SET to_state = 'dead_letter' WHERE payment_id = '" +
      second + "'");
  EXPECT_EQ(Waiting("queued"), 1);
  EXPECT_EQ(Waiting("dead_letter"), 1);
  Sql("UPDATE fulfillment.letters SET paid_at = now() - interval '2 hours'");
  EXPECT_NEAR(Measured("letter_oldest_queued_age_seconds"), 7200, 60);
}

TEST_F(LetterGaugesTest, ShowOrdersThatPaymentHasNotHeardOf) {
  PutNewOrder();
  Sql("INSERT INTO fulfillment.outbox (payment_id, target, version, created_at) SELECT payment_id, "
      "'payment', 1, now() FROM fulfillment.letters ON CONFLICT DO NOTHING; UPDATE "
      "fulfillment.outbox SET created_at = now() - interval '5 minutes'");
  EXPECT_EQ(Measured("outbox_orders", {{"from", "fulfillment"}, {"to", "payment"}}), 1);
  EXPECT_NEAR(Measured("outbox_oldest_age_seconds", {{"from", "fulfillment"}, {"to", "payment"}}),
              300, 60);
}

TEST_F(LetterGaugesTest, ShowEventsOfNobodysLetters) {
  EXPECT_EQ(Measured("lob_webhook_last_age_seconds"), -1);
  Sql("INSERT INTO fulfillment.lob_events (event_id, created_at, type, outcome, received_at) "
      "VALUES ('evt_1', now(), 'letter.mailed', 'unmatched', now() - interval '1 minute')");
  Sql("INSERT INTO fulfillment.unmatched_lob_events (event_id, created_at, letter_id, received_at) "
      "VALUES ('evt_1', now(), 'ltr_nobodys', now() - interval '1 minute')");
  EXPECT_EQ(Measured("lob_events_unmatched"), 1);
  EXPECT_NEAR(Measured("lob_event_oldest_unmatched_age_seconds"), 60, 30);
  EXPECT_NEAR(Measured("lob_webhook_last_age_seconds"), 60, 30);
}

TEST_F(LetterGaugesTest, ShowPausesThatHoldForOurKey) {
  EXPECT_EQ(Paused("operator"), 0);
  ASSERT_TRUE(*mailing_.Pause("ada", Soon()));
  EXPECT_EQ(Paused("operator"), 1);
  ASSERT_TRUE(*mailing_.PauseForCredentials("another key", Soon()));
  EXPECT_EQ(Paused("paused_credentials"), 0);
  ASSERT_TRUE(*mailing_.PauseForCredentials(kKeyOfTheTests, Soon()));
  EXPECT_EQ(Paused("paused_credentials"), 1);
  ASSERT_TRUE(mailing_.Resume("ada", Soon()).ok());
  EXPECT_EQ(Paused("operator") + Paused("paused_credentials"), 0);
}

TEST_F(LetterGaugesTest, CostNoMoreWhenThereIsMuchHistory) {
  MakeHistory(1'000);
  const int64_t before = Buffers();
  MakeHistory(10'000);
  EXPECT_LE(Buffers(), before + 20);
  Sql("DELETE FROM fulfillment.letters WHERE state = 'delivered'");
}

}  // namespace
}  // namespace fsft::fulfillment
