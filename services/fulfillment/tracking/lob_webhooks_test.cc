#include "services/fulfillment/tracking/lob_webhooks.h"

#include <gtest/gtest.h>

#include "services/fulfillment/test_orders.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

class LobWebhooksTest : public LettersTest {
 protected:
  absl::StatusOr<TakenWebhook> Take(const std::string& payload,
                                    const std::string& secret = "secret") {
    const std::string at = std::to_string(time::UnixSeconds(clock_.Now()));
    const std::string signature = crypto::HexEncode(crypto::HmacSha256(secret, at + "." + payload));
    return webhooks_.Take({.payload = payload, .signature = signature, .timestamp = at}, Soon());
  }
  static std::string Event(const std::string& event_id, const std::string& type,
                           const std::string& payment_id) {
    return R"({"id": ")" + event_id + R"(", "event_type": {"id": ")" + type +
           R"("}, "date_created": "2026-11-05T17:40:01.123Z", "body": {"id": "ltr_1",
           "to": {"name": "WILHELMINA"}, "metadata": {"generation": "1", "payment_id": ")" +
           payment_id + R"("}}})";
  }
  double Failed(const char* reason) {
    return registry_.AddCounter("lob_webhook_failures_total", "", {{"reason", reason}}).Value();
  }
  bool Counted(const std::string& outcome) {
    return registry_.Serialize().find("lob_events_total{outcome=\"" + outcome + "\"} 1") !=
           std::string::npos;
  }

  time::FakeClock clock_{time::TimePoint(std::chrono::seconds(1'790'000'100))};
  int woken_ = 0;
  std::vector<config::Secret> secrets_{config::Secret("secret")};
  TrackingStore tracking_{*database_};
  Tracker tracker_{tracking_, registry_, [this] { ++woken_; }};
  LobWebhooks webhooks_{tracker_, clock_, registry_, [this] { return secrets_; }};
};

TEST_F(LobWebhooksTest, TakesAnEventAndWakesTheRelay) {
  const std::string id = PutNewOrder().payment_id;
  const auto taken = Take(Event("evt_1", "letter.created", id));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->outcome, "processed");
  EXPECT_EQ(taken->type, "letter.created");
  EXPECT_EQ(taken->payment_id, id);
  EXPECT_EQ(State(id), "mailed");
  EXPECT_EQ(woken_, 1);
  EXPECT_TRUE(Counted("processed"));
  EXPECT_EQ(Take(Event("evt_1", "letter.created", id))->outcome, "duplicate");
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(webhooks_.FailuresInLastHour(), 0);
}

TEST_F(LobWebhooksTest, TakesAnEventFromAheadOfOurClockAsOneWithoutDelay) {
  const std::string id = PutNewOrder().payment_id;
  // The event is of November, and here it is September.
  ASSERT_TRUE(Take(Event("evt_1", "letter.created", id)).ok());
  EXPECT_NE(registry_.Serialize().find("lob_event_delay_seconds_sum 0\n"), std::string::npos);
}

TEST_F(LobWebhooksTest, StoresNoneOfWhatALetterSays) {
  const std::string id = PutNewOrder().payment_id;
  ASSERT_TRUE(Take(Event("evt_1", "letter.created", id)).ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.lob_events e WHERE CAST(e AS text) ILIKE "
                "'%wilhelmina%'"),
            "0");
}

TEST_F(LobWebhooksTest, StoresAnEventWithoutALetter) {
  const std::string nobody = NewOrder().payment_id;
  EXPECT_EQ(Take(Event("evt_1", "letter.delivered", nobody))->outcome, "unmatched");
  EXPECT_EQ(Take(Event("evt_2", "postcard.delivered", nobody))->outcome, "ignored");
  EXPECT_TRUE(Counted("unmatched"));
  EXPECT_TRUE(Counted("ignored"));
  EXPECT_EQ(woken_, 0);
}

TEST_F(LobWebhooksTest, TakesTheNewSecretAtOnceAndTheOldOneNoMore) {
  const std::string id = PutNewOrder().payment_id;
  secrets_ = {config::Secret("new"), config::Secret("secret")};
  EXPECT_TRUE(Take(Event("evt_1", "letter.created", id), "new").ok());
  secrets_ = {config::Secret("new")};
  EXPECT_EQ(rpc::DetailOf(Take(Event("evt_2", "letter.created", id)).status()).reason(),
            "invalid_signature");
}

TEST_F(LobWebhooksTest, CountsWhatItCouldNotTake) {
  EXPECT_EQ(rpc::DetailOf(Take("{}", "other").status()).reason(), "invalid_signature");
  EXPECT_EQ(rpc::DetailOf(Take("{}").status()).reason(), "malformed_event");
  EXPECT_EQ(webhooks_.FailuresInLastHour(), 2);
  EXPECT_EQ(Failed("invalid_signature") + Failed("malformed_event"), 2);
  EXPECT_EQ(Failed("not_stored"), 0);
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.lob_events"), "0");
}

TEST_F(LobWebhooksTest, TakesNothingThatCouldNotBeStored) {
  const std::string id = PutNewOrder().payment_id;
  Sql("REVOKE INSERT ON fulfillment.lob_events FROM fulfillment_rw");
  EXPECT_FALSE(Take(Event("evt_1", "letter.created", id)).ok());
  EXPECT_EQ(webhooks_.FailuresInLastHour(), 1);
  EXPECT_EQ(Failed("not_stored"), 1);
  EXPECT_EQ(State(id), "queued");
  EXPECT_EQ(woken_, 0);
  Sql("GRANT INSERT ON fulfillment.lob_events TO fulfillment_rw");
}

}  // namespace
}  // namespace fsft::fulfillment
