#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

using ReportsTest = OperatorTest;

TEST_F(ReportsTest, AListIsAskedForByItsNameInPages) {
  payment::ListResponse page;
  payment::ListedPayment& listed = *page.add_payments();
  listed.mutable_order()->set_payment_id("0191a2b3-0000-7000-8000-000000000001");
  listed.mutable_order()->set_payment_state(payment::PAYMENT_STATE_REVIEW);
  listed.set_dispute("none");
  listed.set_held(true);
  listed.add_refunds()->set_state(payment::REFUND_STATE_FAILED);
  page.set_next_cursor("0191a2b3-0000-7000-8000-000000000001");
  backend_.list_payments.answer = page;
  const json answer = Json(AskAs("reader", "GET", "/api/admin/payments", "",
                                 {{"list", "review"}, {"limit", "1"}, {"cursor", "c"}}));
  EXPECT_EQ(backend_.list_payments.request.list(), payment::PAYMENT_LIST_REVIEW);
  EXPECT_EQ(backend_.list_payments.request.limit(), 1);
  EXPECT_EQ(backend_.list_payments.request.cursor(), "c");
  EXPECT_EQ(backend_.list_payments.request.actor(), "reader");
  EXPECT_EQ(answer["next_cursor"], "0191a2b3-0000-7000-8000-000000000001");
  EXPECT_EQ(answer["payments"][0]["payment_status"], "review");
  EXPECT_EQ(answer["payments"][0]["held"], true);
  EXPECT_EQ(answer["payments"][0]["refunds"][0]["status"], "failed");
}

TEST_F(ReportsTest, WithoutANameItIsAllPayments) {
  backend_.list_payments.answer = payment::ListResponse();
  EXPECT_EQ(Json(AskAs("reader", "GET", "/api/admin/payments")),
            (json{{"payments", json::array()}, {"next_cursor", nullptr}}));
  EXPECT_EQ(backend_.list_payments.request.list(), payment::PAYMENT_LIST_ALL);
  EXPECT_EQ(backend_.list_payments.request.limit(), 0);
}

TEST_F(ReportsTest, ALimitIsANumber) {
  for (const char* limit : {"x", "-1", "0", "1x", "99999999999"}) {
    const auto response = AskAs("reader", "GET", "/api/admin/payments", "", {{"limit", limit}});
    EXPECT_EQ(response.status, 422) << limit;
    EXPECT_EQ(Json(response)["errors"][0]["field"], "limit") << limit;
  }
}

TEST_F(ReportsTest, NumbersAndTrailsAreForOperators) {
  for (const char* path : {"/api/admin/stats", "/api/admin/payments", "/api/admin/reports/funnel",
                           "/api/admin/audit/0191a2b3-0000-7000-8000-000000000001"}) {
    EXPECT_EQ(AskAs("", "GET", path).status, 401) << path;
    EXPECT_EQ(AskAs("refunder", "GET", path).status, 403) << path;
  }
}

TEST_F(ReportsTest, StatsNameEveryState) {
  payment::GetStatsResponse stats;
  (*stats.mutable_payments())["paid"] = 7;
  stats.set_refunds_failed(2);
  stats.set_oldest_paid_and_unmailed_seconds(90);
  backend_.payment_stats.answer = stats;
  const json answer = Json(AskAs("reader", "GET", "/api/admin/stats"));
  EXPECT_EQ(answer["payments_of_30_days"]["paid"], 7);
  EXPECT_EQ(answer["payments_of_30_days"]["review"], 0);
  EXPECT_EQ(answer["refunds_failed"], 2);
  EXPECT_EQ(answer["oldest_paid_and_unmailed_seconds"], 90);
}

TEST_F(ReportsTest, TheFunnelIsOfTheDaysThatAreAskedFor) {
  payment::GetFunnelResponse funnel;
  payment::FunnelDay& day = *funnel.add_days();
  day.set_day("2026-03-02");
  day.set_checkouts(5);
  day.set_revenue_cents(1978);
  backend_.funnel.answer = funnel;
  const json answer = Json(AskAs("reader", "GET", "/api/admin/reports/funnel", "",
                                 {{"from", "2026-03-01"}, {"to", "2026-03-02"}}));
  EXPECT_EQ(backend_.funnel.request.from(), "2026-03-01");
  EXPECT_EQ(backend_.funnel.request.to(), "2026-03-02");
  EXPECT_EQ(answer["days"][0]["day"], "2026-03-02");
  EXPECT_EQ(answer["days"][0]["checkouts"], 5);
  EXPECT_EQ(answer["days"][0]["revenue_cents"], 1978);
}

TEST_F(ReportsTest, ATrailTellsWhoDidWhat) {
  payment::GetAuditTrailResponse trail;
  payment::AuditEntry& entry = *trail.add_entries();
  entry.set_actor("ann");
  entry.set_action("refund_requested");
  entry.set_to_state("paid");
  entry.set_version(3);
  backend_.payment_trail.answer = trail;
  const json answer =
      Json(AskAs("reader", "GET", "/api/admin/audit/0191a2b3-0000-7000-8000-000000000001"));
  EXPECT_EQ(backend_.payment_trail.request.payment_id(), "0191a2b3-0000-7000-8000-000000000001");
  EXPECT_EQ(answer["payment"][0]["actor"], "ann");
  EXPECT_EQ(answer["payment"][0]["from_state"], nullptr);
}

}  // namespace
}  // namespace fsft::gateway
