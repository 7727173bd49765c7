#include "shared/rpc/status.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

namespace fsft::rpc {
namespace {

using testing::HasSubstr;
using testing::Not;

absl::Status AcrossTheWire(const absl::Status& status) { return FromGrpc(ToGrpc(status)); }

TEST(Status, CarriesReasonMessageAndDetailAcrossTheWire) {
  absl::Status sent = Error(absl::StatusCode::kAlreadyExists, "already_paid", "It is paid.");
  sent = WithIds(sent, {{"payment_id", "p-1"}, {"draft_id", "d-1"}});
  sent = WithViolations(sent, {Violation("user_zip", "too_long", "Too long.")});
  sent = WithRetryAfter(sent, std::chrono::seconds(7));

  const absl::Status received = AcrossTheWire(sent);

  EXPECT_EQ(received.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(received.message(), "It is paid.");
  const ErrorDetail detail = DetailOf(received);
  EXPECT_EQ(detail.reason(), "already_paid");
  EXPECT_EQ(detail.ids().at("payment_id"), "p-1");
  EXPECT_EQ(detail.ids().at("draft_id"), "d-1");
  EXPECT_EQ(detail.field_violations(0).field(), "user_zip");
  EXPECT_EQ(detail.field_violations(0).code(), "too_long");
  EXPECT_EQ(detail.retry_after().seconds(), 7);
}

TEST(Status, OkStaysOk) { EXPECT_TRUE(AcrossTheWire(absl::OkStatus()).ok()); }

TEST(Status, FaultsOfOursSayNothingButInternal) {
  for (const auto code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnknown, absl::StatusCode::kDataLoss}) {
    const absl::Status sent =
        WithIds(Error(code, "column_missing", "relation \"intake\""), {{"table", "intake"}});
    const absl::Status received = AcrossTheWire(sent);
    EXPECT_EQ(received.code(), code);
    EXPECT_EQ(received.message(), "internal error");
    EXPECT_EQ(DetailOf(received).reason(), "internal");
    EXPECT_TRUE(DetailOf(received).ids().empty());
  }
}

TEST(Status, TextThatWasNotMadeForCallersStaysHere) {
  const absl::Status received =
      AcrossTheWire(absl::UnavailableError("connection to server at 10.0.0.7 failed"));
  EXPECT_EQ(received.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(received.message(), "unavailable error");
  EXPECT_EQ(DetailOf(received).reason(), "unavailable");
}

TEST(Status, ARetryTimeDoesNotPublishTheText) {
  const absl::Status received = AcrossTheWire(WithRetryAfter(
      absl::UnavailableError("connection to server at 10.0.0.7 failed"), std::chrono::seconds(2)));
  EXPECT_THAT(std::string(received.message()), Not(HasSubstr("10.0.0.7")));
  EXPECT_EQ(DetailOf(received).retry_after().seconds(), 2);
}

TEST(Status, AnInnerServicesErrorMayBePassedOn) {
  const absl::Status inner =
      AcrossTheWire(Error(absl::StatusCode::kFailedPrecondition, "deadline_passed", "Too late."));
  const absl::Status outer = AcrossTheWire(inner);
  EXPECT_EQ(outer.message(), "Too late.");
  EXPECT_EQ(DetailOf(outer).reason(), "deadline_passed");
}

TEST(Status, GarbageInTheDetailsIsAsIfThereWereNone) {
  const absl::Status received =
      FromGrpc(grpc::Status(grpc::StatusCode::NOT_FOUND, "what a proxy said", "\xff\xff\xff"));
  EXPECT_EQ(DetailOf(received).reason(), "not_found");
  EXPECT_FALSE(IsForCallers(received));
}

}  // namespace
}  // namespace fsft::rpc
