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

TEST_F(ReportsTest, ListsOfLettersAreAskedForByTheirNamesInPages) {
  fulfillment::ListResponse page;
  fulfillment::ListedLetter& listed = *page.add_letters();
  listed.set_payment_id("0191a2b3-0000-7000-8000-000000000001");
  listed.set_state(fightsftickets::common::v1::DELIVERY_STATE_IN_TRANSIT);
  listed.set_want("mail");
  listed.mutable_moved_at()->set_seconds(1'793'577'720);
  page.set_next_cursor("0191a2b3-0000-7000-8000-000000000001");
  backend_.list_letters.answer = page;
  const json answer = Json(AskAs("reader", "GET", "/api/admin/fulfillments", "",
                                 {{"list", "in_transit"}, {"limit", "1"}, {"cursor", "c"}}));
  EXPECT_EQ(backend_.list_letters.request.list(), fulfillment::LETTER_LIST_IN_TRANSIT);
  EXPECT_EQ(backend_.list_letters.request.limit(), 1);
  EXPECT_EQ(backend_.list_letters.request.cursor(), "c");
  EXPECT_EQ(backend_.list_letters.request.actor(), "reader");
  EXPECT_EQ(answer["next_cursor"], "0191a2b3-0000-7000-8000-000000000001");
  EXPECT_EQ(answer["fulfillments"][0]["state"], "in_transit");
  EXPECT_EQ(answer["fulfillments"][0]["reason"], nullptr);
  EXPECT_EQ(answer["fulfillments"][0]["moved_at"], "2026-11-02T00:02:00.000000Z");

  AskAs("reader", "GET", "/api/admin/fulfillments");
  EXPECT_EQ(backend_.list_letters.request.list(), fulfillment::LETTER_LIST_STUCK);
  AskAs("reader", "GET", "/api/admin/fulfillments", "", {{"list", "eaten"}});
  EXPECT_EQ(backend_.list_letters.request.list(), fulfillment::LETTER_LIST_UNSPECIFIED)
      << "fulfillment refuses it";
}

TEST_F(ReportsTest, NumbersAndTrailsAreForOperators) {
  for (const char* path :
       {"/api/admin/stats", "/api/admin/activity", "/api/admin/payments", "/api/admin/fulfillments",
        "/api/admin/reports/funnel", "/api/admin/audit/0191a2b3-0000-7000-8000-000000000001"}) {
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
  fulfillment::GetStatsResponse letters;
  (*letters.mutable_letters())["in_transit"] = 4;
  letters.set_stuck(3);
  backend_.letter_stats.answer = letters;
  const json answer = Json(AskAs("reader", "GET", "/api/admin/stats"));
  EXPECT_EQ(answer["fulfillment"]["letters_of_30_days"]["in_transit"], 4);
  EXPECT_EQ(answer["fulfillment"]["letters_of_30_days"]["returned"], 0);
  EXPECT_EQ(answer["fulfillment"]["stuck"], 3);
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

TEST_F(ReportsTest, ActivityMergesPaymentsAndLettersNewestFirst) {
  payment::ListActivityResponse payments;
  fulfillment::ListActivityResponse letters;
  const auto add = [](auto& response, int64_t seconds, const char* action) {
    auto& entry = *response.add_entries();
    entry.set_payment_id(kPaymentId);
    entry.mutable_at()->set_seconds(seconds);
    entry.set_action(action);
  };
  add(payments, 1'793'577'603, "refund_requested");
  add(payments, 1'793'577'601, "money_arrived");
  add(letters, 1'793'577'602, "accepted");
  backend_.payment_activity.answer = payments;
  backend_.letter_activity.answer = letters;
  const json answer =
      Json(AskAs("reader", "GET", "/api/admin/activity", "", {{"limit", "2"}}))["activity"];
  EXPECT_EQ(backend_.payment_activity.request.limit(), 2);
  EXPECT_EQ(backend_.letter_activity.request.limit(), 2);
  EXPECT_EQ(backend_.letter_activity.request.actor(), "reader");
  ASSERT_EQ(answer.size(), 2u);
  EXPECT_EQ(answer[0]["action"], "refund_requested");
  EXPECT_EQ(answer[0]["of"], "payment");
  EXPECT_EQ(answer[1]["action"], "accepted");
  EXPECT_EQ(answer[1]["of"], "letter");
  EXPECT_EQ(answer[1]["payment_id"], kPaymentId);
}

TEST_F(ReportsTest, ATrailTellsWhoDidWhat) {
  payment::GetAuditTrailResponse trail;
  fightsftickets::common::v1::AuditEntry& entry = *trail.add_entries();
  entry.set_actor("ann");
  entry.set_action("refund_requested");
  entry.set_to_state("paid");
  entry.set_version(3);
  backend_.payment_trail.answer = trail;
  fulfillment::GetAuditTrailResponse letter;
  letter.add_entries()->set_actor("printer");
  backend_.letter_trail.answer = letter;
  const std::string path = "/api/admin/audit/0191a2b3-0000-7000-8000-000000000001";
  const json answer = Json(AskAs("reader", "GET", path));
  EXPECT_EQ(backend_.payment_trail.request.payment_id(), "0191a2b3-0000-7000-8000-000000000001");
  EXPECT_EQ(answer["payment"][0]["actor"], "ann");
  EXPECT_EQ(answer["payment"][0]["from_state"], nullptr);
  EXPECT_EQ(answer["letter"][0]["actor"], "printer");
  EXPECT_EQ(backend_.letter_trail.request.payment_id(), "0191a2b3-0000-7000-8000-000000000001");
  EXPECT_EQ(backend_.letter_trail.request.actor(), "reader");

  backend_.letter_trail.answer = rpc::Error(absl::StatusCode::kNotFound, "letter_not_found");
  EXPECT_EQ(Json(AskAs("reader", "GET", path))["letter"], json::array()) << "not told yet";
  backend_.letter_trail.answer = absl::UnavailableError("x");
  EXPECT_EQ(AskAs("reader", "GET", path).status, 503) << "half a trail is none";
}

}  // namespace
}  // namespace fsft::gateway
