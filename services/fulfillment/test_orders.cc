#include "services/fulfillment/test_orders.h"

#include <thread>

#include "shared/ids/uuid.h"

namespace fsft::fulfillment {
namespace {

std::string Quoted(const std::string& text) { return "'" + text + "'"; }

}  // namespace

LettersTest::LettersTest()
    : database_(*db::Database::Create({.url = test_database_->Url("fulfillment_rw"),
                                       .pool_size = 8,
                                       .application_name = "test"},
                                      registry_)),
      store_(*database_),
      mailing_(
          *database_, [] { return kKeyOfTheTests; }, /*livemode=*/false) {}

WantedLetter LettersTest::NewOrder() {
  const auto new_id = [] { return ids::NewUuidV7(time::SystemClock().Now()); };
  WantedLetter order{.payment_id = new_id(),
                     .version = 1,
                     .want = "mail",
                     .intake_id = new_id(),
                     .draft_id = new_id(),
                     .content_sha256 = std::string(32, 's'),
                     .appeal_type = "standard",
                     .paid_at = time::SystemClock().Now(),
                     .amount_cents = 989,
                     .currency = "usd"};
  const std::string payment = Quoted(order.payment_id), intake = Quoted(order.intake_id),
                    draft = Quoted(order.draft_id);
  const std::string sha256 = "decode(repeat('73', 32), 'hex')";
  Sql("INSERT INTO intake.intakes (intake_id, state, city_id, section_id) SELECT " + intake +
      ", 'draft', city_id, 'sfmta' FROM intake.cities LIMIT 1;"
      "INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type) VALUES (" +
      draft + ", " + intake +
      ", 1, 'standard');"
      "INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, "
      "appeal_type, amount_cents,"
      " currency, product_name, success_url, cancel_url, session_expires_at, paid_at) VALUES (" +
      payment + ", " + intake + ", " + draft + ", " + sha256 +
      ", 'paid', 'standard', 989, 'usd', '', '', '', now(), now())");
  return order;
}

WantedLetter LettersTest::PutNewOrder() {
  WantedLetter order = NewOrder();
  EXPECT_EQ(Put(order, "mail", 1), "queued");
  return order;
}

std::string LettersTest::Put(WantedLetter order, std::string want, int64_t version) {
  order.want = std::move(want);
  order.version = version;
  const auto states = store_.PutOrders({order}, Soon());
  EXPECT_TRUE(states.ok()) << states.status();
  return states.ok() ? states->at(0) : "";
}

std::string LettersTest::Column(const std::string& payment_id, const std::string& column) const {
  return Sql("SELECT " + column +
             " FROM fulfillment.letters WHERE payment_id = " + Quoted(payment_id));
}

std::future<void> LettersTest::MoveWhileOthersWait(const std::string& payment_id,
                                                   const std::string& from,
                                                   const std::string& changes) const {
  const std::string letter = "fulfillment.letters WHERE payment_id = '" + payment_id + "'";
  std::future<void> moving = std::async(std::launch::async, [=, this] {
    Sql("DO $$ BEGIN UPDATE fulfillment.letters SET " + changes +
        ", version = version + 1 WHERE payment_id = '" + payment_id +
        "'; INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, "
        "version) SELECT payment_id, 'test', 'move', '" +
        from + "', state, version FROM " + letter +
        "; INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, "
        "'payment', version FROM " +
        letter +
        " ON CONFLICT (payment_id, target) DO UPDATE SET version = excluded.version; "
        "WHILE (SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock') LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END "
        "LOOP; END $$");
  });
  while (!Sql("SELECT payment_id FROM fulfillment.letters FOR UPDATE SKIP LOCKED").empty()) {
    std::this_thread::yield();
  }
  return moving;
}

void LettersTest::MakeDue(const std::string& payment_id) const {
  Sql("UPDATE fulfillment.letters SET next_at = now() - interval '1 second' WHERE payment_id = " +
      Quoted(payment_id));
}

void LettersTest::ExpectWholeTrails() const {
  const std::string gaps =
      "SELECT 'a gap in the trail of ' || payment_id FROM (SELECT payment_id, from_state, version,"
      " lag(to_state) OVER trail AS state_before, lag(version) OVER trail AS version_before FROM "
      "fulfillment.audit_log"
      " WINDOW trail AS (PARTITION BY payment_id ORDER BY version)) AS t"
      " WHERE from_state IS DISTINCT FROM state_before OR version <> coalesce(version_before, 0) + "
      "1";
  const std::string other_ends =
      "SELECT 'a trail that ends elsewhere, of ' || payment_id FROM fulfillment.letters l WHERE "
      "NOT EXISTS (SELECT FROM"
      " fulfillment.audit_log a WHERE a.payment_id = l.payment_id AND a.version = l.version AND "
      "a.to_state = l.state)";
  const std::string untold =
      "SELECT 'payment will not hear of ' || payment_id FROM fulfillment.letters l WHERE NOT "
      "EXISTS (SELECT FROM"
      " fulfillment.outbox o WHERE o.payment_id = l.payment_id AND o.target = 'payment' AND "
      "o.version = l.version)";
  EXPECT_EQ(Sql(gaps + " UNION ALL " + other_ends + " UNION ALL " + untold), "");
}

void LettersTest::TearDown() {
  ExpectWholeTrails();
  Sql("DELETE FROM fulfillment.letters; DELETE FROM fulfillment.outbox; DELETE FROM "
      "fulfillment.audit_log; DELETE FROM fulfillment.mailing_pauses; DELETE FROM "
      "fulfillment.lob_events; DELETE FROM fulfillment.unmatched_lob_events");
}

std::optional<ClaimedLetter> LettersTest::Claim(std::chrono::seconds lease) {
  const auto letter = mailing_.Claim(lease, MailingPolicy{}, Soon());
  EXPECT_TRUE(letter.ok()) << letter.status();
  return letter.ok() ? *letter : std::nullopt;
}

std::optional<FollowedLetter> LettersTest::Followed() {
  const auto letter = mailing_.ClaimFollowed(std::chrono::seconds(120), MailingPolicy{}, Soon());
  EXPECT_TRUE(letter.ok()) << letter.status();
  return letter.ok() ? *letter : std::nullopt;
}

}  // namespace fsft::fulfillment
