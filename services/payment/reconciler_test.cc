#include "services/payment/reconciler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <vector>

#include "services/payment/check_sql.h"
#include "services/payment/test_payments.h"
#include "services/payment/test_sessions.h"
#include "shared/rpc/status.h"
#include "tests/support/explain.h"

namespace fsft::payment {
namespace {

using namespace std::chrono_literals;
const Reconciler::Options kFast{.first_pause = 300s};

// Stripe with the sessions that the test has given it.
class ReconcilerTest : public PaymentsTest {
 protected:
  std::string Respond(const std::string& request) {
    const std::lock_guard lock(mutex_);
    if (failing_) return http::Answer("500 Internal Server Error", "{}");
    if (asked_) asked_();
    if (request.starts_with("GET /v1/checkout/sessions?")) return Page(listed_);
    const size_t begin = std::string("GET /v1/checkout/sessions/").size();
    const auto found =
        sessions_.find(request.substr(begin, request.find_first_of(" ?", begin) - begin));
    return found == sessions_.end() ? http::Answer("404 Not Found", "{}") : found->second;
  }
  void AtStripe(const std::string& id, const std::string& status, int amount_cents = 989) {
    const std::lock_guard lock(mutex_);
    sessions_[id] = Found(Session(id, status, kPayment, amount_cents));
  }
  // Has a payment in front of Stripe's page, due to be looked up.
  void OpenAndDue() {
    OpenWithSession();
    BecomeDue();
  }
  void BecomeDue() { Owner("UPDATE payment.payments SET next_check_at = now()"); }
  void LetTimePass(const std::string& interval) {
    Owner("UPDATE payment.payments SET created_at = created_at - interval '" + interval +
          "', session_expires_at = session_expires_at - interval '" + interval +
          "', checked_at = checked_at - interval '" + interval + "'");
  }
  int CheckBatch(Reconciler& reconciler) {
    const absl::StatusOr<int> found = reconciler.CheckBatch();
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(-1);
  }
  int CheckBatch() { return CheckBatch(reconciler_); }
  // In seconds from now.
  std::string NextCheck() {
    return Owner("SELECT round(extract(epoch FROM next_check_at - now())) FROM payment.payments");
  }
  bool NextCheckIsIn(int from, int to) {
    const int next = std::stoi(NextCheck());
    return from <= next && next <= to;
  }
  std::string Trail() {
    return Owner("SELECT string_agg(to_state, ',' ORDER BY version) FROM payment.audit_log");
  }
  std::string Events() {
    return Owner(
        "SELECT string_agg(outcome || ':' || source, ',' ORDER BY outcome, source) "
        "FROM payment.stripe_events");
  }
  bool Counted(const std::string& outcome) {
    return registry_.Serialize().find("payment_checks_total{outcome=\"" + outcome + "\"} 1") !=
           std::string::npos;
  }
  static void Superuser(const std::string& sql) { test_database_->Query("postgres", sql); }
  // Pending payments of as many drafts, with sessions cs_1, cs_2 and so on, due the longer the
  // higher their number.
  void Enqueue(int count, const std::string& due = "now() - n * interval '1 second'") {
    Superuser(
        "SET session_replication_role = replica;"
        "INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, "
        "appeal_type,"
        " amount_cents, currency, product_name, success_url, cancel_url, session_expires_at,"
        " stripe_session_id, created_at, next_check_at)"
        " SELECT id, id, id, sha256('x'), 'pending', 'standard', 989, 'usd', 'A letter', "
        "'https://x', 'https://x',"
        " now() + interval '20 hours', 'cs_' || n, now() - interval '2 hours', " +
        due +
        " FROM (SELECT n, CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS "
        "uuid) AS id"
        "       FROM generate_series(1, " +
        std::to_string(count) +
        ") AS n) AS numbers;"
        "INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version)"
        " SELECT payment_id, 'checkout', 'open', state, version FROM payment.payments");
  }

  std::mutex mutex_;
  std::map<std::string, std::string> sessions_;
  std::string listed_;
  std::atomic<bool> failing_{false};
  // Called for every request.
  std::function<void()> asked_;
  http::TestServer* hanging_ = nullptr;
  http::TestServer server_{[this](const std::string& request) { return Respond(request); }};
  http::Client http_;
  time::SystemClock clock_;
  // Stays closed, so that the reconciler's own patience is seen.
  CircuitBreaker breaker_{clock_, registry_, {.failures = 1000}};
  StripeApi api_{http_, breaker_, {.base = server_.Url(""), .secret_key = [] {
                                     return config::Secret("sk_test_1");
                                   }}};
  StripeClient stripe_{api_};
  Webhooks webhooks_{events_, clock_, registry_, {}};
  SessionCheck check_{checkouts_, stripe_, webhooks_};
  CheckStore store_{*database_, 120s};
  work::Pace pace_{1ms};
  Reconciler reconciler_{store_, check_, pace_, registry_, kFast};
};

TEST_F(ReconcilerTest, CompletesAPaymentThatNoWebhookToldOf) {
  OpenAndDue();
  AtStripe("cs_test_1", "paid");
  EXPECT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Outbox(), "fulfillment,intake");
  EXPECT_EQ(Owner("SELECT stripe_payment_intent FROM payment.payments"), "pi_1");
  EXPECT_TRUE(Counted("paid"));
  // The webhook comes after all, and there is nothing to look up any more.
  EXPECT_EQ(Apply(Paid()), "duplicate");
  EXPECT_EQ(CheckBatch(), 0);
  EXPECT_EQ(Events(), "duplicate:webhook,processed:check");
}

TEST_F(ReconcilerTest, EndsAPaymentWhoseSessionHasExpired) {
  OpenAndDue();
  AtStripe("cs_test_1", "expired");
  EXPECT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "expired");
  EXPECT_EQ(Outbox(), "");
}

TEST_F(ReconcilerTest, TakesMoneyThatDoesNotFitToReview) {
  OpenAndDue();
  AtStripe("cs_test_1", "paid", 1);
  EXPECT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "review");
}

TEST_F(ReconcilerTest, AsksAboutAnOpenSessionAgainAfterGrowingPauses) {
  OpenAndDue();
  AtStripe("cs_test_1", "open");
  for (const int pause : {300, 600, 1200, 2400, 3600, 3600}) {
    ASSERT_EQ(CheckBatch(), 1);
    EXPECT_TRUE(NextCheckIsIn(pause * 8 / 10 - 5, pause * 12 / 10 + 5))
        << pause << " " << NextCheck();
    EXPECT_EQ(CheckBatch(), 0) << "it is not due";
    BecomeDue();
  }
  EXPECT_EQ(State(), "pending");
}

TEST_F(ReconcilerTest, AsksRightAfterTheEndOfASession) {
  OpenAndDue();
  AtStripe("cs_test_1", "open");
  Owner(
      "UPDATE payment.payments SET checks = 9, session_expires_at = now() + interval '2 minutes'");
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_TRUE(NextCheckIsIn(170, 180)) << NextCheck();
}

TEST_F(ReconcilerTest, WaitsForMoneyThatIsOnItsWay) {
  OpenAndDue();
  AtStripe("cs_test_1", "complete");
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "pending");
  EXPECT_TRUE(Counted("unpaid"));
  AtStripe("cs_test_1", "paid");
  BecomeDue();
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "paid");
}

TEST_F(ReconcilerTest, FindsASessionWhoseAnswerWasLost) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  BecomeDue();
  listed_ = Session("cs_lost", "open", kPayment) + "," + Session("cs_2", "paid", "another");
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "pending");
  EXPECT_EQ(Owner("SELECT stripe_session_id || ' ' || checkout_url FROM payment.payments"),
            "cs_lost https://pay/cs_lost");
  AtStripe("cs_lost", "paid");
  BecomeDue();
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "paid");
}

TEST_F(ReconcilerTest, FindsALostSessionThatWasPaidAlready) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  BecomeDue();
  listed_ = Session("cs_lost", "paid", kPayment);
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "paid");
  EXPECT_EQ(Owner("SELECT stripe_session_id FROM payment.payments"), "cs_lost");
}

TEST_F(ReconcilerTest, EndsAPaymentWithoutASessionOnlyWhenItCanHaveNoneAnyMore) {
  ASSERT_TRUE(checkouts_.Open(Wanted(), Soon()).ok());
  BecomeDue();
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "pending");
  LetTimePass("22 hours 1 minute");
  BecomeDue();
  ASSERT_EQ(CheckBatch(), 1);
  EXPECT_EQ(State(), "failed");
  EXPECT_EQ(Owner("SELECT reason FROM payment.audit_log WHERE action = 'end'"),
            "no_session_at_stripe");
}

TEST_F(ReconcilerTest, AsksAboutNoPaymentBeforeItsTime) {
  OpenWithSession();
  AtStripe("cs_test_1", "paid");
  EXPECT_EQ(CheckBatch(), 0);
  EXPECT_TRUE(NextCheckIsIn(295, 300)) << NextCheck();
  EXPECT_EQ(server_.Requests().size(), 0u);
}

TEST_F(ReconcilerTest, AWebhookAndALookAtTheSameTimeAreOneTransition) {
  constexpr int kRounds = 20;
  int looks = 0;
  for (int round = 0; round < kRounds; ++round) {
    OpenAndDue();
    AtStripe("cs_test_1", "paid");
    auto look = std::async(std::launch::async, [&] { return CheckBatch(); });
    const auto outcome = webhooks_.Take(Paid(), Soon());
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    looks += look.get();
    EXPECT_EQ(Trail(), "pending,paid");
    EXPECT_EQ(Owner("SELECT count(*) FROM payment.stripe_events WHERE outcome = 'processed'"), "1");
    StartAfresh();
  }
  std::cout << "of " << kRounds << " payments the look met " << looks
            << " before the webhook did\n";
}

TEST_F(ReconcilerTest, ReplicasAskAboutEveryPaymentOnce) {
  constexpr int kPayments = 100;
  Enqueue(kPayments);
  for (int i = 1; i <= kPayments; ++i) AtStripe("cs_" + std::to_string(i), "paid");
  std::vector<std::future<int>> replicas;
  for (int i = 0; i < 3; ++i) {
    replicas.push_back(std::async(std::launch::async, [&] {
      CheckStore store(*database_, 120s);
      Reconciler replica(store, check_, pace_, registry_, kFast);
      int found = 0;
      for (int batch = CheckBatch(replica); batch > 0; batch = CheckBatch(replica)) found += batch;
      return found;
    }));
  }
  int found = 0;
  for (auto& replica : replicas) found += replica.get();
  EXPECT_EQ(found, kPayments);
  EXPECT_EQ(server_.Requests().size(), size_t{kPayments});
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments WHERE state = 'paid' AND version = 2"),
            std::to_string(kPayments));
}

TEST_F(ReconcilerTest, WhatACrashedReplicaHeldIsLookedUpWhenItsLeaseEnds) {
  OpenAndDue();
  AtStripe("cs_test_1", "open");
  const auto crashed = *store_.ClaimDue(Soon());
  ASSERT_EQ(crashed.size(), 1u);
  EXPECT_EQ(CheckBatch(), 0) << "another one holds it";
  EXPECT_TRUE(NextCheckIsIn(115, 120)) << NextCheck();
  BecomeDue();
  ASSERT_EQ(CheckBatch(), 1);
  const std::string next = Owner("SELECT next_check_at FROM payment.payments");
  // Not dead after all, only late.
  EXPECT_FALSE(*store_.CheckLater(crashed.front(), 1s, true, Soon()));
  EXPECT_EQ(Owner("SELECT next_check_at FROM payment.payments"), next);
  EXPECT_EQ(Owner("SELECT checks FROM payment.payments"), "1");
}

TEST_F(ReconcilerTest, LeavesStripeInPeaceWhileItDoesNotAnswer) {
  Enqueue(10);
  failing_ = true;
  EXPECT_EQ(CheckBatch(), 10);
  EXPECT_EQ(server_.Requests().size(), 3u) << "the rest is not tried any more";
  EXPECT_EQ(CheckBatch(), 0);
  EXPECT_EQ(server_.Requests().size(), 3u);
  EXPECT_EQ(rpc::DetailOf(reconciler_.CheckAll(60s, Soon()).status()).reason(), "stripe_busy");
  // All of them come back, and none of them has been asked about.
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments WHERE next_check_at > now() + interval "
                  "'10 minutes'"),
            "0");
  EXPECT_EQ(Owner("SELECT sum(checks) FROM payment.payments"), "0");
  failing_ = false;
  for (int i = 1; i <= 10; ++i) AtStripe("cs_" + std::to_string(i), "paid");
  BecomeDue();
  work::Pace calm(1ms);
  Reconciler later(store_, check_, calm, registry_, kFast);
  EXPECT_EQ(CheckBatch(later), 10);
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments WHERE state = 'paid'"), "10");
}

TEST_F(ReconcilerTest, APaymentWhoseAnswerCannotBeReadHoldsUpNoOthers) {
  Enqueue(5);
  for (int i = 1; i <= 5; ++i) AtStripe("cs_" + std::to_string(i), "paid");
  // The one that has been due longest.
  sessions_["cs_5"] = Found("{}");
  EXPECT_EQ(CheckBatch(), 5);
  EXPECT_EQ(Owner("SELECT string_agg(stripe_session_id, ',') FROM payment.payments WHERE state = "
                  "'pending'"),
            "cs_5");
  EXPECT_EQ(CheckBatch(), 0) << "it has been put off";
}

TEST_F(ReconcilerTest, AStoppedReplicaGivesBackWhatItHasNotLookedAt) {
  Enqueue(5);
  std::stop_source stop;
  work::Pace calm(1ms);
  Reconciler stopped(store_, check_, calm, registry_, {.stopping = stop.get_token()});
  asked_ = [&] { stop.request_stop(); };
  EXPECT_EQ(CheckBatch(stopped), 5);
  EXPECT_EQ(server_.Requests().size(), 1u) << "the look that was under way";
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments WHERE next_check_at <= now()"), "4");
  EXPECT_EQ(CheckBatch(stopped), 0);
}

TEST_F(ReconcilerTest, AnOperatorsRoundLooksAtEverythingOlderThanAMinuteOnce) {
  Enqueue(50, "now() + interval '1 hour'");
  AtStripe("cs_1", "paid");
  AtStripe("cs_2", "expired");
  for (int i = 3; i <= 49; ++i) AtStripe("cs_" + std::to_string(i), "open");
  Owner(
      "UPDATE payment.payments SET stripe_session_id = NULL"
      " WHERE stripe_session_id IN ('cs_49', 'cs_50');"
      "UPDATE payment.payments SET created_at = now() - interval '50 seconds' WHERE "
      "stripe_session_id = 'cs_3'");
  listed_ = Session("cs_49", "open", "00000000-0000-7000-8000-000000000049");
  const auto report = reconciler_.CheckAll(60s, Soon());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->checked, 49);
  EXPECT_EQ(report->paid, 1);
  EXPECT_EQ(report->ended, 1);
  EXPECT_EQ(report->found, 1);
  EXPECT_FALSE(report->more);
  EXPECT_EQ(server_.Requests().size(), 49u);
  // Everything is as it was otherwise, and due as after any other look.
  EXPECT_EQ(Owner("SELECT count(*) FROM payment.payments WHERE state = 'pending' AND checks = 1"),
            "47");
}

TEST_F(ReconcilerTest, AnOperatorsRoundSaysWhenItsTimeWasTooShort) {
  Enqueue(3);
  const auto report = reconciler_.CheckAll(60s, rpc::In(2s));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->more);
  EXPECT_EQ(report->checked, 0);
  // Nothing is left behind a lease.
  EXPECT_EQ(CheckBatch(), 3);
}

TEST_F(ReconcilerTest, AnOperatorHearsThatStripeDoesNotAnswer) {
  Enqueue(5);
  failing_ = true;
  EXPECT_EQ(rpc::DetailOf(reconciler_.CheckAll(60s, Soon()).status()).reason(),
            "stripe_unavailable");
}

TEST_F(ReconcilerTest, AReaderMayAskOnceInTenSeconds) {
  OpenWithSession();
  AtStripe("cs_test_1", "open");
  EXPECT_FALSE(reconciler_.CheckForReader(kPayment, Soon())) << "it is too young";
  EXPECT_FALSE((*payments_.FindBySession("cs_test_1", Soon()))->may_be_checked);
  LetTimePass("11 seconds");
  EXPECT_TRUE((*payments_.FindBySession("cs_test_1", Soon()))->may_be_checked);
  EXPECT_TRUE(reconciler_.CheckForReader(kPayment, Soon()));
  EXPECT_FALSE(reconciler_.CheckForReader(kPayment, Soon()));
  EXPECT_FALSE((*payments_.FindBySession("cs_test_1", Soon()))->may_be_checked);
  EXPECT_EQ(server_.Requests().size(), 1u);
  LetTimePass("11 seconds");
  AtStripe("cs_test_1", "paid");
  EXPECT_TRUE(reconciler_.CheckForReader(kPayment, Soon()));
  EXPECT_EQ(State(), "paid");
}

TEST_F(ReconcilerTest, ManyReadersOfOnePaymentAskOnce) {
  OpenWithSession();
  AtStripe("cs_test_1", "open");
  LetTimePass("11 seconds");
  std::vector<std::future<bool>> readers;
  for (int i = 0; i < 16; ++i) {
    readers.push_back(std::async(std::launch::async,
                                 [&] { return reconciler_.CheckForReader(kPayment, Soon()); }));
  }
  int asked = 0;
  for (auto& reader : readers) asked += reader.get() ? 1 : 0;
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(server_.Requests().size(), 1u);
}

TEST_F(ReconcilerTest, AReaderDoesNotWaitForAStripeThatHangs) {
  http::TestServer hanging([&](const std::string&) { return hanging_->UntilStopped(); });
  hanging_ = &hanging;
  const StripeApi slow_api(http_, breaker_, {.base = hanging.Url(""), .secret_key = [] {
                                               return config::Secret("sk_test_1");
                                             }});
  const StripeClient slow(slow_api);
  SessionCheck check(checkouts_, slow, webhooks_);
  Reconciler reconciler(store_, check, pace_, registry_, kFast);
  OpenWithSession();
  LetTimePass("11 seconds");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(reconciler.CheckForReader(kPayment, Soon()));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  EXPECT_EQ(State(), "pending");
  EXPECT_TRUE(NextCheckIsIn(290, 300)) << "the worker looks at it: " << NextCheck();
}

TEST_F(ReconcilerTest, AClaimCostsTheSameAmongManyPayments) {
  const auto claim = [&] {
    return test::BuffersOf(*test_database_, "payment_rw", std::string(sql::kClaimDueChecks.sql),
                           {{"back", "1e8"}, {"lease", "120"}});
  };
  // What PostgreSQL knows of the table is what the test lets it know: not what it was just before the
  // table grew, when autovacuum may pass by.
  Superuser("ALTER TABLE payment.payments SET (autovacuum_enabled = off)");
  Enqueue(1);
  const int64_t at_first = claim();
  StartAfresh();
  constexpr int kPayments = 20'000;
  Enqueue(kPayments,
          "now() + interval '1 hour' - CASE WHEN n = 7 THEN interval '2 hours' ELSE '0' END");
  // As many that were paid long ago.
  Superuser(
      "SET session_replication_role = replica;"
      "UPDATE payment.payments SET state = 'paid', version = 2, paid_at = now()"
      " WHERE stripe_session_id <> 'cs_7' AND random() < 0.5");
  const int64_t buffers = claim();
  Superuser(
      "ANALYZE payment.payments; UPDATE payment.payments SET next_check_at = now() WHERE "
      "stripe_session_id = 'cs_7'");
  const int64_t analyzed = claim();
  std::cout << "claim of a look: " << at_first << " buffers with one payment, " << buffers
            << " with " << kPayments << ", " << analyzed
            << " when PostgreSQL knows how many there are" << std::endl;
  RecordProperty("buffers_with_one", std::to_string(at_first));
  RecordProperty("buffers_with_" + std::to_string(kPayments), std::to_string(buffers));
  EXPECT_EQ(Owner("SELECT stripe_session_id FROM payment.payments WHERE check_claim = 2"), "cs_7");
  EXPECT_LE(std::max(buffers, analyzed), 3 * at_first);
  Owner("TRUNCATE payment.payments, payment.audit_log CASCADE");
  Superuser("ALTER TABLE payment.payments RESET (autovacuum_enabled)");
}

TEST_F(ReconcilerTest, CountsWhatIsOverdue) {
  Enqueue(5, "now() - interval '45 seconds' * n");
  ASSERT_TRUE(reconciler_.Measure().ok());
  EXPECT_EQ(registry_.AddGauge("payment_checks_overdue", "").Value(), 4);
  // As far as Stripe goes back, for a database that is as new as this one.
  EXPECT_GE(registry_.AddGauge("stripe_event_cursor_age_seconds", "").Value(), 29 * 86'400);
}

}  // namespace
}  // namespace fsft::payment
