#include "gateway/rate_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace fsft::gateway {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Route& RouteOf(std::string_view method, std::string_view pattern) {
  for (const Route& route : Routes()) {
    if (route.method == method && route.pattern == pattern) return route;
  }
  ADD_FAILURE() << "no route " << pattern;
  return Routes().front();
}

RateLimits Parse(std::string_view setting) {
  auto limits = RateLimits::Parse(setting, Routes());
  EXPECT_TRUE(limits.ok()) << limits.status();
  return *limits;
}

int PerMinute(const RateLimits& limits, std::string_view method, std::string_view pattern) {
  return limits.Of(RouteOf(method, pattern)).per_minute;
}

TEST(RateLimits, EveryRouteButHealthHasALimit) {
  const RateLimits limits = Parse("");
  for (const Route& route : Routes()) {
    const bool health = route.pattern.starts_with("/health");
    EXPECT_EQ(limits.Of(route).per_minute == 0, health) << route.pattern;
  }
  EXPECT_GT(limits.WrongTokens().per_minute, 0);
}

TEST(RateLimits, WhatIsDearOrInvitesGuessingIsRarer) {
  const RateLimits limits = Parse("");
  const int usual = PerMinute(limits, "GET", "/api/cities");
  for (const auto& [method, pattern] :
       std::multimap<const char*, const char*>{{"POST", "/api/checkout/create-session"},
                                               {"POST", "/api/drafts/preview"},
                                               {"POST", "/api/intakes/{id}/evidence"},
                                               {"POST", "/api/status/lookup"},
                                               {"POST", "/api/support"},
                                               {"GET", "/api/checkout/session/{session_id}"},
                                               {"GET", "/api/appeals/{payment_id}"}}) {
    EXPECT_LT(PerMinute(limits, method, pattern), usual) << pattern;
  }
  for (const char* webhook : {"/api/webhook/stripe", "/api/webhook/lob"}) {
    EXPECT_GE(PerMinute(limits, "POST", webhook), 10 * usual);
  }
}

TEST(RateLimits, OldAddressesShareTheirRoutesBucket) {
  const RateLimits limits = Parse("");
  EXPECT_EQ(limits.Of(RouteOf("POST", "/api/tickets/validate")).bucket,
            limits.Of(RouteOf("POST", "/api/citations/validate")).bucket);
  EXPECT_NE(limits.Of(RouteOf("GET", "/api/intakes/{id}")).bucket,
            limits.Of(RouteOf("PATCH", "/api/intakes/{id}")).bucket);
  for (const Route& route : Routes())
    EXPECT_NE(limits.Of(route).bucket, limits.WrongTokens().bucket);
}

TEST(RateLimits, TheSettingChangesWhatItNamesAndNothingElse) {
  const RateLimits limits = Parse(
      "/api/checkout/create-session=7,PATCH /api/intakes/{id}=8,/api/support=off,"
      "wrong-operator-tokens=3");
  EXPECT_EQ(PerMinute(limits, "POST", "/api/checkout/create-session"), 7);
  EXPECT_EQ(PerMinute(limits, "PATCH", "/api/intakes/{id}"), 8);
  EXPECT_EQ(PerMinute(limits, "GET", "/api/intakes/{id}"),
            RouteOf("GET", "/api/intakes/{id}").work.per_minute);
  EXPECT_EQ(PerMinute(limits, "POST", "/api/support"), 0);
  EXPECT_EQ(limits.WrongTokens().per_minute, 3);
}

TEST(RateLimits, OffLiftsAllOfThem) {
  const RateLimits limits = Parse("off");
  for (const Route& route : Routes()) EXPECT_EQ(limits.Of(route).per_minute, 0);
  EXPECT_EQ(limits.WrongTokens().per_minute, 0);
}

TEST(RateLimits, AMistakeIsNamed) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"/api/nothing=5", "names no route"},
      {"create-session=5", "names no route"},
      {"GET /api/support=5", "names no route"},
      {"/api/support", "is not NAME=PER_MINUTE"},
      {"/api/support=", "needs a number"},
      {"/api/support=0", "needs a number"},
      {"/api/support=-1", "needs a number"},
      {"/api/support=1.5", "needs a number"},
      {"/api/support=1000001", "needs a number"},
      {"/api/support=5 ", "needs a number"},
      {"/api/support=5,/api/support=6", "is set twice"},
      {"/api/support=5,,/status=6", "is not NAME=PER_MINUTE"},
      {"OFF", "is not NAME=PER_MINUTE"},
  };
  for (const auto& [setting, why] : mistakes) {
    const absl::Status status = RateLimits::Parse(setting, Routes()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << setting;
    EXPECT_THAT(std::string(status.message()), StartsWith("FSFT_RATE_LIMITS: ")) << setting;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why)) << setting;
  }
}

}  // namespace
}  // namespace fsft::gateway
