#include "services/payment/reports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "services/payment/test_payments.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

namespace payment_v1 = fightsftickets::payment::v1;

class ReportsTest : public PaymentsTest {
 protected:
  // Ended payments of three days: on the n-th one, n of them.
  void MakeSomePayments() {
    Owner(
        "WITH made AS (INSERT INTO payment.payments (payment_id, intake_id, draft_id, "
        "content_sha256, state, "
        "appeal_type, amount_cents, currency, product_name, success_url, cancel_url, "
        "session_expires_at, created_at, ended_at) SELECT gen_random_uuid(), intake_id, draft_id, "
        "sha256('x'), 'expired', 'standard', 989, 'usd', '', '', '', now(), "
        "timestamptz '2026-03-01 23:59:59+00' + make_interval(days => day), now() "
        "FROM intake.drafts, generate_series(0, 2) AS day, generate_series(0, day) AS n RETURNING "
        "payment_id) "
        "INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version) "
        "SELECT payment_id, 'test', 'open', 'expired', 1 FROM made");
  }
  absl::StatusOr<payment_v1::ListResponse> List(payment_v1::PaymentList list, int limit = 0,
                                                const std::string& cursor = "") {
    payment_v1::ListRequest request;
    request.set_list(list);
    request.set_limit(limit);
    request.set_cursor(cursor);
    return reports_.List(request, Soon());
  }
  absl::StatusOr<payment_v1::GetFunnelResponse> Funnel(const std::string& from,
                                                       const std::string& to) {
    payment_v1::GetFunnelRequest request;
    request.set_from(from);
    request.set_to(to);
    return reports_.Funnel(request, Soon());
  }
  static std::string FieldOf(const absl::Status& status) {
    const auto detail = rpc::DetailOf(status);
    return detail.field_violations().empty() ? "" : detail.field_violations(0).field();
  }
  void Pay() {
    OpenWithSession();
    ASSERT_EQ(Apply(Paid()), "processed");
  }

  Reports reports_{*database_};
};

TEST_F(ReportsTest, ListsInPagesTheNewestCheckoutFirst) {
  MakeSomePayments();
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const auto page = List(payment_v1::PAYMENT_LIST_ALL, 4, cursor);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& one : page->payments()) seen.push_back(one.order().payment_id());
    cursor = page->next_cursor();
  } while (!cursor.empty());
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater<>()));
}

TEST_F(ReportsTest, CountsADayFromMidnightToMidnightUtc) {
  MakeSomePayments();
  const auto two_days = Funnel("2026-03-02", "2026-03-03");
  ASSERT_TRUE(two_days.ok()) << two_days.status();
  ASSERT_EQ(two_days->days_size(), 2);
  EXPECT_EQ(two_days->days(0).day(), "2026-03-02");
  EXPECT_EQ(two_days->days(0).checkouts(), 2);
  EXPECT_EQ(two_days->days(1).checkouts(), 3);
  EXPECT_EQ(two_days->days(1).paid(), 0);
  EXPECT_EQ(two_days->days(1).revenue_cents(), 0);
  EXPECT_EQ(Funnel("2026-03-04", "2026-03-04")->days_size(), 0);
}

TEST_F(ReportsTest, TellsFromCheckoutToLetter) {
  Pay();
  Owner(
      "UPDATE payment.payments SET created_at = '2026-04-01 12:00+00', "
      "paid_at = '2026-04-01 12:01+00', mailed_at = '2026-04-01 12:03+00', "
      "delivery_state = 'mailed'");
  StripeEvent part = Event("evt_2", "charge.refunded");
  part.amount_cents = 200;
  Apply(part);
  const auto funnel = Funnel("2026-04-01", "2026-04-01");
  ASSERT_TRUE(funnel.ok()) << funnel.status();
  ASSERT_EQ(funnel->days_size(), 1);
  const payment_v1::FunnelDay& day = funnel->days(0);
  EXPECT_EQ(day.paid(), 1);
  EXPECT_EQ(day.mailed(), 1);
  EXPECT_EQ(day.revenue_cents(), 989);
  EXPECT_EQ(day.refunded_cents(), 200);
  EXPECT_EQ(day.median_seconds_to_mailed(), 120);
  EXPECT_EQ(day.p95_seconds_to_mailed(), 120);
}

TEST_F(ReportsTest, RefusesDaysThatAreNone) {
  EXPECT_EQ(FieldOf(Funnel("2026-02-30", "2026-03-01").status()), "from");
  EXPECT_EQ(FieldOf(Funnel("2026-3-1", "2026-03-01").status()), "from");
  EXPECT_EQ(FieldOf(Funnel("2026-03-01", "").status()), "to");
  EXPECT_EQ(FieldOf(Funnel("2026-03-02", "2026-03-01").status()), "to");
  EXPECT_EQ(FieldOf(Funnel("2026-01-01", "2027-01-02").status()), "to");
  EXPECT_TRUE(Funnel("2026-01-01", "2027-01-01").ok());
}

TEST_F(ReportsTest, ListsWhatWaitsForADecision) {
  const auto size = [this](payment_v1::PaymentList list) { return List(list)->payments_size(); };
  OpenWithSession();
  StripeEvent wrong = Paid();
  wrong.amount_cents = 1;
  Apply(wrong);
  ASSERT_EQ(size(payment_v1::PAYMENT_LIST_REVIEW), 1);
  EXPECT_EQ(size(payment_v1::PAYMENT_LIST_HELD), 0);

  StripeEvent refund = Event("evt_2", "refund.failed");
  refund.session_id.clear();
  refund.object_id = "re_1";
  refund.object_status = "failed";
  Apply(refund);
  EXPECT_EQ(size(payment_v1::PAYMENT_LIST_HELD), 1);
  const auto failed = List(payment_v1::PAYMENT_LIST_REFUND_FAILED);
  ASSERT_EQ(failed->payments_size(), 1);
  EXPECT_TRUE(failed->payments(0).held());
  ASSERT_EQ(failed->payments(0).refunds_size(), 1);
  EXPECT_EQ(failed->payments(0).refunds(0).state(), payment_v1::REFUND_STATE_FAILED);
  EXPECT_EQ(failed->payments(0).refunds(0).origin(), "stripe");

  StripeEvent dispute = Event("evt_3", "charge.dispute.created");
  dispute.object_id = "dp_1";
  dispute.object_status = "needs_response";
  Apply(dispute);
  EXPECT_EQ(List(payment_v1::PAYMENT_LIST_DISPUTED)->payments(0).dispute(), "open");
  EXPECT_EQ(size(payment_v1::PAYMENT_LIST_REFUNDING), 0);
  EXPECT_EQ(size(payment_v1::PAYMENT_LIST_REFUNDED_AFTER_MAILING), 0);
}

TEST_F(ReportsTest, ListsMoneyThatWentBackForALetterThatWasMailed) {
  Pay();
  Owner("UPDATE payment.payments SET delivery_state = 'mailed', mailed_at = now()");
  Apply(Event("evt_2", "charge.refunded"));
  EXPECT_EQ(List(payment_v1::PAYMENT_LIST_REFUNDED_AFTER_MAILING)->payments_size(), 1);
  EXPECT_EQ(reports_.Stats(Soon())->refunded_after_mailing(), 1);
  Owner("UPDATE payment.payments SET delivery_state = 'cancelled'");
  EXPECT_EQ(List(payment_v1::PAYMENT_LIST_REFUNDED_AFTER_MAILING)->payments_size(), 0);
  EXPECT_EQ(reports_.Stats(Soon())->refunded_after_mailing(), 0);
}

TEST_F(ReportsTest, RefusesAListThatIsNone) {
  EXPECT_EQ(FieldOf(List(payment_v1::PAYMENT_LIST_UNSPECIFIED).status()), "list");
  EXPECT_EQ(FieldOf(List(payment_v1::PAYMENT_LIST_ALL, 101).status()), "limit");
  EXPECT_EQ(FieldOf(List(payment_v1::PAYMENT_LIST_ALL, 1, "yesterday").status()), "cursor");
}

TEST_F(ReportsTest, CountsWhatIsPaidAndNotMailedYet) {
  Pay();
  Owner("UPDATE payment.payments SET paid_at = now() - interval '90 seconds'");
  const auto stats = reports_.Stats(Soon());
  ASSERT_TRUE(stats.ok()) << stats.status();
  EXPECT_EQ(stats->payments().at("paid"), 1);
  EXPECT_EQ(stats->paid_and_unmailed(), 1);
  EXPECT_GE(stats->oldest_paid_and_unmailed_seconds(), 90);
  EXPECT_EQ(stats->review() + stats->held() + stats->refunds_failed() + stats->disputes_open(), 0);
  // By an operator; the money is still here, but nobody waits for the letter.
  Owner("UPDATE payment.payments SET delivery_state = 'cancelled'");
  EXPECT_EQ(reports_.Stats(Soon())->paid_and_unmailed(), 0);
}

TEST_F(ReportsTest, TellsWhatHappenedLastToAnyPayment) {
  Pay();
  Owner("UPDATE payment.audit_log SET at = at - interval '1 hour' WHERE action = 'open'");
  payment_v1::ListActivityRequest request;
  const auto activity = reports_.Activity(request, Soon());
  ASSERT_TRUE(activity.ok()) << activity.status();
  ASSERT_EQ(activity->entries_size(), 2);
  EXPECT_EQ(activity->entries(0).action(), "money_arrived");
  EXPECT_EQ(activity->entries(0).payment_id(), kPayment);
  EXPECT_EQ(activity->entries(1).action(), "open");
  request.set_limit(1);
  EXPECT_EQ(reports_.Activity(request, Soon())->entries_size(), 1);
  request.set_limit(101);
  EXPECT_EQ(FieldOf(reports_.Activity(request, Soon()).status()), "limit");
}

TEST_F(ReportsTest, TellsTheTrailOfAPayment) {
  Pay();
  const auto trail = reports_.AuditTrail(kPayment, Soon());
  ASSERT_TRUE(trail.ok()) << trail.status();
  ASSERT_EQ(trail->entries_size(), 2);
  EXPECT_EQ(trail->entries(0).action(), "open");
  EXPECT_EQ(trail->entries(1).action(), "money_arrived");
  EXPECT_EQ(trail->entries(1).from_state(), "pending");
  EXPECT_EQ(trail->entries(1).to_state(), "paid");
  EXPECT_EQ(trail->entries(1).actor(), "stripe");
  EXPECT_TRUE(absl::IsNotFound(reports_.AuditTrail(kOtherPayment, Soon()).status()));
}

}  // namespace
}  // namespace fsft::payment
