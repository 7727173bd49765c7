#include <gtest/gtest.h>

#include "gateway/gateway_fixture.h"
#include "gateway/operator_fixture.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

using ReconcilingTest = OperatorTest;

constexpr char kPath[] = "/api/admin/reconcile";

TEST_F(ReconcilingTest, AnOperatorLearnsWhatStripeKnew) {
  payment::ReconcileResponse report;
  report.set_payments_checked(7);
  report.set_payments_paid(2);
  report.set_payments_ended(1);
  report.set_sessions_found(3);
  report.set_events_read(40);
  report.set_events_applied(4);
  report.set_unmatched_events_left(5);
  report.set_more(true);
  backend_.reconcile.answer = report;
  EXPECT_EQ(Json(AskAs("retrier", "POST", kPath)), (json{{"payments_checked", 7},
                                                         {"payments_paid", 2},
                                                         {"payments_ended", 1},
                                                         {"sessions_found", 3},
                                                         {"events_read", 40},
                                                         {"events_applied", 4},
                                                         {"unmatched_events_left", 5},
                                                         {"more", true}}));
  EXPECT_EQ(backend_.reconcile.request.actor(), "retrier");
}

TEST_F(ReconcilingTest, ReconcilingIsForOperatorsWhoMayRetry) {
  EXPECT_EQ(AskAs("", "POST", kPath).status, 401);
  EXPECT_EQ(AskAs("reader", "POST", kPath).status, 403);
  EXPECT_EQ(backend_.reconcile.calls, 0);
}

TEST_F(ReconcilingTest, AStripeThatDoesNotAnswerIsSaidToBeDown) {
  backend_.reconcile.answer = rpc::Error(absl::StatusCode::kUnavailable, "stripe_unavailable");
  const http::Response failed = AskAs("retrier", "POST", kPath);
  EXPECT_EQ(failed.status, 502);
  EXPECT_EQ(Json(failed)["code"], "stripe_unavailable");
}

}  // namespace
}  // namespace fsft::gateway
