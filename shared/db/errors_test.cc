#include "shared/db/errors.h"

#include <gtest/gtest.h>

#include <tuple>

namespace fsft::db {
namespace {

class SqlStates : public testing::TestWithParam<std::tuple<const char*, absl::StatusCode>> {};

TEST_P(SqlStates, BecomeOneCode) {
  const auto [sqlstate, code] = GetParam();
  EXPECT_EQ(FromSqlState(sqlstate, "some.statement").code(), code);
}

INSTANTIATE_TEST_SUITE_P(Errors, SqlStates,
                         testing::Values(std::tuple{"", absl::StatusCode::kUnavailable},
                                         std::tuple{"08006", absl::StatusCode::kUnavailable},
                                         std::tuple{"57P01", absl::StatusCode::kUnavailable},
                                         std::tuple{"53300", absl::StatusCode::kUnavailable},
                                         std::tuple{"25006", absl::StatusCode::kUnavailable},
                                         std::tuple{"57014", absl::StatusCode::kDeadlineExceeded},
                                         std::tuple{"55P03", absl::StatusCode::kDeadlineExceeded},
                                         std::tuple{"40001", absl::StatusCode::kAborted},
                                         std::tuple{"40P01", absl::StatusCode::kAborted},
                                         std::tuple{"23505", absl::StatusCode::kAlreadyExists},
                                         std::tuple{"23503", absl::StatusCode::kFailedPrecondition},
                                         std::tuple{"23514", absl::StatusCode::kInvalidArgument},
                                         std::tuple{"22P02", absl::StatusCode::kInvalidArgument},
                                         std::tuple{"42501", absl::StatusCode::kPermissionDenied},
                                         std::tuple{"42P01", absl::StatusCode::kInternal}));

TEST(Errors, SayOnlyTheStatementAndTheState) {
  EXPECT_EQ(FromSqlState("23505", "payment.open").message(), "payment.open: SQLSTATE 23505");
}

TEST(Errors, KeepTheirStateForStoresThatAsk) {
  EXPECT_EQ(SqlStateOf(FromSqlState("23505", "x")), "23505");
  EXPECT_EQ(SqlStateOf(absl::NotFoundError("no row")), "");
}

TEST(Errors, KnowWhenAConnectionIsGone) {
  EXPECT_TRUE(IsConnectionLoss("57P01"));
  EXPECT_TRUE(IsConnectionLoss("08006"));
  EXPECT_TRUE(IsConnectionLoss(""));
  EXPECT_FALSE(IsConnectionLoss("23505"));
  EXPECT_FALSE(IsConnectionLoss("57014"));
}

TEST(Errors, WhatMayBeTheFaultOfOneOfMany) {
  for (const char* state : {"23505", "23503", "22P02", "40P01", "55P03", "21000"}) {
    EXPECT_TRUE(MayBeOfOne(FromSqlState(state, "s"))) << state;
  }
  for (const char* state : {"", "57P01", "57014", "42501", "53300"}) {
    EXPECT_FALSE(MayBeOfOne(FromSqlState(state, "s"))) << state;
  }
  EXPECT_FALSE(MayBeOfOne(absl::OkStatus()));
}

}  // namespace
}  // namespace fsft::db
