#include "gateway/status_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using absl::StatusCode;

struct Case {
  StatusCode code;
  const char* reason;
  int status;
};

constexpr Case kCases[] = {
    {StatusCode::kInvalidArgument, "validation_failed", 422},
    {StatusCode::kInvalidArgument, "idempotency_key_reused", 422},
    {StatusCode::kInvalidArgument, "deadline_passed", 422},
    {StatusCode::kInvalidArgument, "city_not_served", 422},
    {StatusCode::kInvalidArgument, "invalid_signature", 400},
    {StatusCode::kInvalidArgument, "malformed_event", 400},
    {StatusCode::kInvalidArgument, "malformed_json", 400},
    {StatusCode::kInvalidArgument, "malformed_form", 400},
    {StatusCode::kInvalidArgument, "unsupported_media_type", 415},
    {StatusCode::kInvalidArgument, "invalid_session_id", 400},
    {StatusCode::kUnauthenticated, "invalid_token", 401},
    {StatusCode::kNotFound, "order_not_found", 404},
    {StatusCode::kAlreadyExists, "already_paid", 409},
    {StatusCode::kFailedPrecondition, "needs_new_generation", 409},
    {StatusCode::kFailedPrecondition, "too_many_exhibits", 409},
    {StatusCode::kUnavailable, "stripe_unavailable", 502},
    {StatusCode::kFailedPrecondition, "stripe_refused", 502},
    // It answered, and wants us to wait: that is no failure of Stripe's.
    {StatusCode::kUnavailable, "stripe_busy", 503},
    {StatusCode::kUnavailable, "overloaded", 503},
    {StatusCode::kResourceExhausted, "overloaded", 503},
    {StatusCode::kAborted, "conflict", 503},
    {StatusCode::kDeadlineExceeded, "deadline_exceeded", 503},
};

TEST(StatusMapping, EveryReasonHasItsHttpStatusAndStaysTheCode) {
  for (const Case& c : kCases) {
    const Problem problem = ToProblem(rpc::Error(c.code, c.reason, "A sentence."));
    EXPECT_EQ(problem.status, c.status) << c.reason;
    EXPECT_EQ(problem.code, c.reason);
    EXPECT_EQ(problem.detail == "A sentence.", c.status < 500) << c.reason;
    EXPECT_EQ(problem.retry_after.has_value(), c.status == 503) << c.reason;
  }
}

TEST(StatusMapping, FaultsOfOursTellNothingOfTheirCause) {
  const absl::Status faults[] = {
      absl::InternalError("relation \"payments\" does not exist"),
      absl::UnknownError("secret"),
      rpc::Error(StatusCode::kPermissionDenied, "caller_not_allowed", "secret"),
      absl::InvalidArgumentError("secret"),
      absl::NotFoundError("secret"),
      absl::UnimplementedError("secret"),
      absl::DataLossError("secret"),
  };
  for (const absl::Status& fault : faults) {
    const Problem problem = ToProblem(fault);
    EXPECT_EQ(problem.status, 500) << fault;
    EXPECT_EQ(problem.code, "internal") << fault;
    EXPECT_THAT(problem.detail, testing::Not(testing::HasSubstr("secret")));
    EXPECT_THAT(problem.detail, testing::Not(testing::HasSubstr("relation")));
  }
}

TEST(StatusMapping, ALostConnectionIs503WithoutItsText) {
  const Problem problem = ToProblem(absl::UnavailableError("failed to connect to 10.0.0.7:50051"));
  EXPECT_EQ(problem.status, 503);
  EXPECT_EQ(problem.code, "unavailable");
  EXPECT_TRUE(problem.retry_after);
  EXPECT_THAT(problem.detail, testing::Not(testing::HasSubstr("10.0.0.7")));
}

TEST(StatusMapping, ViolationsBecomeErrorsAndAreNamedInTheDetail) {
  const Problem problem = ToProblem(
      rpc::WithViolations(rpc::Error(StatusCode::kInvalidArgument, "validation_failed"),
                          {rpc::Violation("user_zip", "invalid", "Must be a ZIP code."),
                           rpc::Violation("draft_text", "too_short", "Must have 50 characters.")}));
  EXPECT_EQ(problem.status, 422);
  ASSERT_EQ(problem.errors.size(), 2u);
  EXPECT_EQ(problem.errors[1].field, "draft_text");
  EXPECT_EQ(problem.errors[1].code, "too_short");
  EXPECT_EQ(problem.detail, "user_zip: Must be a ZIP code. draft_text: Must have 50 characters.");
}

TEST(StatusMapping, IdsArePassedOnInAStableOrder) {
  const Problem problem =
      ToProblem(rpc::WithIds(rpc::Error(StatusCode::kUnavailable, "stripe_unavailable"),
                             {{"payment_id", "p"}, {"draft_id", "d"}, {"intake_id", "i"}}));
  EXPECT_EQ(problem.status, 502);
  EXPECT_THAT(problem.ids,
              testing::ElementsAre(testing::Pair("draft_id", "d"), testing::Pair("intake_id", "i"),
                                   testing::Pair("payment_id", "p")));
}

TEST(StatusMapping, TheServicesWaitIsPassedOn) {
  const Problem problem = ToProblem(rpc::WithRetryAfter(
      rpc::Error(StatusCode::kUnavailable, "overloaded"), std::chrono::seconds(7)));
  EXPECT_EQ(problem.retry_after, std::chrono::seconds(7));
}

}  // namespace
}  // namespace fsft::gateway
