#include "services/fulfillment/retention.h"

#include <gtest/gtest.h>

#include <future>

#include "services/fulfillment/retention_sql.h"
#include "services/fulfillment/test_orders.h"

namespace fsft::fulfillment {
namespace {

using config::Retention;

class RetentionTest : public LettersTest {
 protected:
  // One whole pass over the letters; answers how many rows it deleted.
  double Pass(Retention mode = Retention::kOn) { return PassOver("letter_rows", 0, mode); }

  double PassOver(const std::string& kind, size_t place, Retention mode = Retention::kOn) {
    metrics::Registry registry;
    retention::Sweep sweep(std::move(KeptForATime(config_, *database_)[place]), *database_,
                           registry, mode);
    while (*sweep.Step() > 0) {
    }
    due_ = registry.AddGauge("retention_due", "", {{"kind", kind}}).Value();
    return registry.AddCounter("retention_settled_total", "", {{"kind", kind}}).Value();
  }

  // An order that was cancelled so many days ago, which payment knows.
  WantedLetter Cancelled(int days) {
    WantedLetter order = PutNewOrder();
    EXPECT_EQ(Put(order, "cancel", 2), "cancelled");
    Age(order, days);
    return order;
  }
  void Age(const WantedLetter& order, int days) {
    const std::string ago = "now() - interval '" + std::to_string(days) + " days'";
    Sql("UPDATE fulfillment.letters SET created_at = " + ago + ", paid_at = " + ago +
        " WHERE payment_id = '" + order.payment_id + "'; DELETE FROM fulfillment.outbox");
  }
  std::string Letters() { return Sql("SELECT count(*) FROM fulfillment.letters"); }

  // An event that came so many days ago, and waits for the letter.
  void Waiting(const std::string& id, const std::string& letter_id, int days) {
    const std::string at = "now() - interval '" + std::to_string(days) + " days'";
    const std::string event = "'" + id + "', " + at + ", '" + letter_id + "', " + at;
    Sql("INSERT INTO fulfillment.lob_events (event_id, created_at, letter_id, received_at, type, "
        "outcome) VALUES (" +
        event +
        ", 'letter.delivered', 'unmatched'); INSERT INTO fulfillment.unmatched_lob_events "
        "(event_id, created_at, letter_id, received_at) VALUES (" +
        event + ")");
  }
  std::string Events() {
    return Sql(
        "SELECT string_agg(event_id || ' ' || coalesce(letter_id, '-'), ', ' ORDER BY event_id) "
        "FROM fulfillment.lob_events");
  }
  std::string StillWaiting() {
    return Sql(
        "SELECT string_agg(event_id, ', ' ORDER BY event_id) FROM "
        "fulfillment.unmatched_lob_events");
  }

  // What is left of the letters was told of, which the base class wants to see as news.
  void TearDown() override {
    Sql("INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, "
        "'payment', version FROM fulfillment.letters ON CONFLICT DO NOTHING");
    LettersTest::TearDown();
    Sql("DELETE FROM fulfillment.deleted_letters");
  }

  config::Config config_;
  double due_ = 0;
};

TEST_F(RetentionTest, AtTheVeryEndOnlyTheIdIsLeft) {
  const WantedLetter old = Cancelled(2586);
  const WantedLetter young = Cancelled(2584);
  EXPECT_EQ(Pass(), 1);
  EXPECT_EQ(Sql("SELECT payment_id FROM fulfillment.letters"), young.payment_id);
  EXPECT_EQ(Sql("SELECT payment_id FROM fulfillment.deleted_letters"), old.payment_id);
  EXPECT_EQ(Sql("SELECT actor || ' ' || from_state || ' ' || to_state FROM fulfillment.audit_log "
                "WHERE action = 'delete'"),
            "retention cancelled deleted");
}

TEST_F(RetentionTest, NoWordOfPaymentMakesASecondLetterOfADeletedOne) {
  const WantedLetter order = Cancelled(2586);
  ASSERT_EQ(Pass(), 1);
  for (const char* want : {"mail", "hold", "cancel"}) {
    EXPECT_EQ(Put(order, want, 9), "deleted") << want;
  }
  EXPECT_EQ(Letters(), "0");
  EXPECT_FALSE(Claim().has_value()) << "there is nothing to mail";
  EXPECT_FALSE(*store_.Retry(order.payment_id, "ann", true, Soon()));
  EXPECT_FALSE(*store_.Cancel(order.payment_id, "ann", Soon()));
  EXPECT_FALSE(*store_.NewGeneration(order.payment_id, "ann", true, Soon()));
}

TEST_F(RetentionTest, AWordOfPaymentThatCrossesTheEndMakesNoSecondLetter) {
  const WantedLetter order = Cancelled(2586);
  std::vector<std::future<std::string>> words;
  for (int version = 3; version < 11; ++version) {
    words.push_back(std::async(std::launch::async,
                               [this, order, version] { return Put(order, "cancel", version); }));
  }
  Pass();
  for (auto& word : words) word.get();
  // A word that was faster than the end has said when it was paid, which here was a moment ago.
  Age(order, 2586);
  Pass();
  EXPECT_EQ(Letters(), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.deleted_letters"), "1");
}

TEST_F(RetentionTest, ALetterOfWhichSomethingIsOpenStays) {
  const WantedLetter order = Cancelled(2586);
  for (const char* open :
       {"data_key = '', data_key_id = 'w', pdf_sealed = '', pdf_sha256 = sha256('x')",
        "unsure_since = now(), last_post_at = now()", "paid_at = now()", "state = 'queued'",
        "state = 'dead_letter', reason = 'refused'"}) {
    Sql("UPDATE fulfillment.letters SET " + std::string(open));
    EXPECT_EQ(Pass(), 0) << open;
    Sql("UPDATE fulfillment.letters SET state = 'cancelled', reason = '', data_key = NULL, "
        "data_key_id = NULL, pdf_sealed = NULL, unsure_since = NULL, paid_at = created_at");
  }
  Sql("INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', "
      "version FROM fulfillment.letters");
  EXPECT_EQ(Pass(), 0) << "payment has not been told";
  Sql("DELETE FROM fulfillment.outbox");
  EXPECT_EQ(Pass(), 1);
}

TEST_F(RetentionTest, ADryRunCountsAndDeletesNothing) {
  Cancelled(2586);
  EXPECT_EQ(Pass(Retention::kDryRun), 0);
  EXPECT_EQ(due_, 1);
  EXPECT_EQ(Letters(), "1");
}

TEST_F(RetentionTest, AnEventForgetsItsLetterWithTheLettersRow) {
  PutNewOrder();
  Sql("UPDATE fulfillment.letters SET lob_letter_id = 'ltr_kept'");
  Waiting("evt_kept", "ltr_kept", 2586);
  Waiting("evt_old", "ltr_gone", 2586);
  Waiting("evt_young", "ltr_gone", 2584);
  EXPECT_EQ(PassOver("lob_events", 1), 1);
  EXPECT_EQ(Events(), "evt_kept ltr_kept, evt_old -, evt_young ltr_gone");
  EXPECT_EQ(StillWaiting(), "evt_kept, evt_young");
}

TEST_F(RetentionTest, AnEventForWhichNoLetterComesWaitsForThreeMonths) {
  PutNewOrder();
  Sql("UPDATE fulfillment.letters SET lob_letter_id = 'ltr_ours'");
  Waiting("evt_ours", "ltr_ours", 91);
  Waiting("evt_strange", "ltr_strange", 91);
  Waiting("evt_young", "ltr_strange", 89);
  // What has found its letter does not wait, whatever a replica has read before.
  Waiting("evt_found", "ltr_found", 91);
  Sql("UPDATE fulfillment.lob_events SET outcome = 'processed' WHERE event_id = 'evt_found'");
  EXPECT_EQ(PassOver("waiting_events", 2), 1);
  EXPECT_EQ(Events(),
            "evt_found ltr_found, evt_ours ltr_ours, evt_strange -, evt_young ltr_strange");
  EXPECT_EQ(StillWaiting(), "evt_found, evt_ours, evt_young");
}

}  // namespace
}  // namespace fsft::fulfillment
