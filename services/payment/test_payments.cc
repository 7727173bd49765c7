#include "services/payment/test_payments.h"

namespace fsft::payment {

void PaymentsTest::SetUpTestSuite() {
  test_database_ = std::make_unique<test::TestDatabase>();
  test_database_->Query(
      "fsft_owner",
      std::string("INSERT INTO intake.intakes (intake_id, state, city_id, section_id) VALUES ('") +
          kIntake +
          "', 'draft', 'us-ca-san_francisco', 'sfmta');"
          "INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type) VALUES ('" +
          kDraft + "', '" + kIntake + "', 1, 'standard')");
}

PaymentsTest::PaymentsTest()
    : database_(*db::Database::Create(
          {.url = test_database_->Url("payment_rw"), .pool_size = 8, .application_name = "test"},
          registry_)),
      checkouts_(*database_),
      events_(*database_),
      payments_(*database_) {}

db::Deadline PaymentsTest::Soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(20);
}

NewPayment PaymentsTest::Wanted(const std::string& payment_id) {
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

StripeEvent PaymentsTest::Paid(const std::string& event_id) {
  StripeEvent event;
  event.id = event_id;
  event.type = "checkout.session.completed";
  event.created = time::TimePoint(std::chrono::seconds(1'790'000'000));
  event.session_id = "cs_test_1";
  event.payment_intent = "pi_1";
  event.payment_status = "paid";
  event.amount_cents = 989;
  event.currency = "usd";
  event.payment_id = kPayment;
  return event;
}

StripeEvent PaymentsTest::Event(const std::string& event_id, const std::string& type) {
  StripeEvent event = Paid(event_id);
  event.type = type;
  if (type != "checkout.session.completed") event.payment_status = "unpaid";
  // A charge does not know of the session that it came from.
  if (type == "charge.refunded") event.session_id.clear();
  return event;
}

void PaymentsTest::OpenWithSession() {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  ASSERT_TRUE(checkouts_.StoreSession(kPayment, "cs_test_1", "https://pay", Soon()).ok());
}

void PaymentsTest::End(const PaymentEnd& end) {
  const auto open = checkouts_.Open(Wanted("0193a000-0000-7000-8000-00000000ffff"), Soon());
  ASSERT_TRUE(open.ok()) << open.status();
  ASSERT_TRUE(*checkouts_.End(*open, end, Soon()));
}

std::string PaymentsTest::Apply(const StripeEvent& event, bool livemode) {
  auto applied = events_.Apply(event, livemode, Soon());
  EXPECT_TRUE(applied.ok()) << applied.status();
  return applied.ok() ? applied->outcome : "";
}

std::string PaymentsTest::Owner(const std::string& sql) const {
  return test_database_->Query("fsft_owner", sql);
}

std::string PaymentsTest::State(const std::string& payment_id) const {
  return Owner("SELECT state FROM payment.payments WHERE payment_id = '" + payment_id + "'");
}

std::string PaymentsTest::Outbox() const {
  return Owner("SELECT string_agg(target, ',' ORDER BY target) FROM payment.outbox");
}

void PaymentsTest::WaitUntilSomebodyWaitsForALock(int sessions) const {
  const auto deadline = Soon();
  while (std::stoi(test_database_->Query(
             "postgres",
             "SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
             " AND datname = current_database()")) < sessions) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nobody waited";
  }
}

void PaymentsTest::ExpectWholeTrails() const {
  EXPECT_EQ(
      Owner("SELECT 'a gap in the trail of ' || payment_id FROM ("
            " SELECT payment_id, action, from_state, version, lag(to_state) OVER trail AS before"
            " FROM payment.audit_log WHERE action <> 'delivery'"
            " WINDOW trail AS (PARTITION BY payment_id ORDER BY version)) AS t"
            " WHERE from_state IS DISTINCT FROM before"),
      "");
  EXPECT_EQ(Owner("SELECT 'a trail that is not its payment''s, ' || payment_id"
                  " FROM payment.payments p WHERE"
                  " (SELECT array_agg(version ORDER BY version) FROM payment.audit_log a"
                  "  WHERE a.payment_id = p.payment_id)"
                  " IS DISTINCT FROM (SELECT array_agg(n) FROM generate_series(1, p.version) AS n)"
                  " OR p.state <> (SELECT to_state FROM payment.audit_log a"
                  "  WHERE a.payment_id = p.payment_id AND action <> 'delivery'"
                  "  ORDER BY version DESC LIMIT 1)"),
            "");
}

void PaymentsTest::StartAfresh() {
  ExpectWholeTrails();
  Owner(
      "DELETE FROM payment.outbox; DELETE FROM payment.stripe_events; DELETE FROM "
      "payment.unmatched_events;"
      "DELETE FROM payment.refunds; DELETE FROM payment.disputes;"
      "DELETE FROM payment.audit_log; DELETE FROM payment.payments");
}

}  // namespace fsft::payment
