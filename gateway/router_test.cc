#include "gateway/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fsft::gateway {
namespace {

std::string_view PatternOf(const Match& match) {
  return match.route == nullptr ? "none" : match.route->pattern;
}

Route At(std::string_view method, std::string_view pattern) {
  return {method, pattern, {Auth::kOpen}, {Body::kNone, 0}, {Gate::kNone, {}}, nullptr};
}

TEST(Router, FindsFixedPathsAndParameters) {
  const Router router(Routes());
  EXPECT_EQ(PatternOf(router.Find("GET", "/")), "/");
  EXPECT_EQ(PatternOf(router.Find("GET", "/health/ready")), "/health/ready");
  const std::string path = "/api/checkout/session/cs_test_1";
  const Match session = router.Find("GET", path);
  EXPECT_EQ(PatternOf(session), "/api/checkout/session/{session_id}");
  EXPECT_EQ(session.parameter, "cs_test_1");
}

TEST(Router, TellsTwoParametersApart) {
  const Route routes[] = {At("DELETE", "/x/{id}/y/{other}")};
  const Router router(routes);
  const Match match = router.Find("DELETE", "/x/1/y/22");
  EXPECT_EQ(match.route, routes);
  EXPECT_EQ(match.parameter, "1");
  EXPECT_EQ(match.second_parameter, "22");
  for (const char* path : {"/x/1/y", "/x/1/y/", "/x//y/22", "/x/1/z/22", "/x/1/y/22/", "x/1/y/22"})
    EXPECT_EQ(router.Find("DELETE", path).route, nullptr) << path;
}

TEST(Router, TheSuffixTellsTheLetterFromTheAppeal) {
  const Router router(Routes());
  EXPECT_EQ(PatternOf(router.Find("GET", "/api/appeals/x")), "/api/appeals/{payment_id}");
  const std::string path = "/api/appeals/x/letter.pdf";
  const Match letter = router.Find("GET", path);
  EXPECT_EQ(PatternOf(letter), "/api/appeals/{payment_id}/letter.pdf");
  EXPECT_EQ(letter.parameter, "x");
}

TEST(Router, ApiRoutesAlsoAnswerWithoutThePrefix) {
  const Router router(Routes());
  for (const Route& route : Routes()) {
    if (!route.pattern.starts_with("/api/")) continue;
    std::string path(route.pattern.substr(4));
    for (size_t open = 0; (open = path.find('{')) != std::string::npos;) {
      path.replace(open, path.find('}') - open + 1, "value");
    }
    const bool for_operators = path.starts_with("/admin/");
    EXPECT_EQ(router.Find(route.method, path).route, for_operators ? nullptr : &route) << path;
  }
}

TEST(Router, OperatorRoutesHaveNoSecondAddress) {
  const Route routes[] = {At("POST", "/api/admin/payments/{id}/refund")};
  const Router router(routes);
  EXPECT_NE(router.Find("POST", "/api/admin/payments/1/refund").route, nullptr);
  EXPECT_EQ(router.Find("POST", "/admin/payments/1/refund").route, nullptr);
}

TEST(Router, UnknownPathsAreNotFound) {
  const Router router(Routes());
  for (const char* path :
       {"", "*", "/nothing", "/health/", "//", "/api/appeals/", "/api/appeals/a/b",
        "/api/appeals//letter.pdf", "/api/checkout/session/", "/API/appeals/x"}) {
    const Match match = router.Find("GET", path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_EQ(match.allow, "") << path;
  }
}

TEST(Router, AWrongMethodLearnsTheRightOnes) {
  const Router router(Routes());
  EXPECT_EQ(router.Find("DELETE", "/health").allow, "GET, HEAD, OPTIONS");
  EXPECT_EQ(router.Find("GET", "/api/checkout/create-session").allow, "OPTIONS, POST");

  const Route routes[] = {At("GET", "/x/{id}"), At("PATCH", "/x/{id}")};
  EXPECT_EQ(Router(routes).Find("PUT", "/x/1").allow, "GET, HEAD, OPTIONS, PATCH");
}

TEST(Router, HeadFindsTheGetRoute) {
  const Router router(Routes());
  EXPECT_EQ(PatternOf(router.Find("HEAD", "/health")), "/health");
  EXPECT_EQ(router.Find("HEAD", "/api/webhook/stripe").route, nullptr);
}

TEST(Router, RefusesATableThatContradictsItself) {
  const Route twice[] = {At("GET", "/x"), At("GET", "/x")};
  EXPECT_THROW(Router{twice}, std::invalid_argument);
  const Route aliased[] = {At("GET", "/api/x"), At("GET", "/x")};
  EXPECT_THROW(Router{aliased}, std::invalid_argument);
  const Route three_parameters[] = {At("GET", "/{a}/{b}/{c}")};
  EXPECT_THROW(Router{three_parameters}, std::invalid_argument);
}

TEST(Routes, OnlyOperatorRoutesAreBelowAdmin) {
  for (const Route& route : Routes()) {
    if (route.pattern.starts_with("/api/admin/")) {
      EXPECT_EQ(route.access.auth, Auth::kOperator) << route.pattern;
    }
  }
}

TEST(Routes, ABodyHasALimitAndADeadline) {
  for (const Route& route : Routes()) {
    EXPECT_EQ(route.body.kind == Body::kNone, route.body.limit == 0) << route.pattern;
    EXPECT_GT(route.work.deadline.count(), 0) << route.pattern;
    EXPECT_NE(route.handler, nullptr) << route.pattern;
  }
}

}  // namespace
}  // namespace fsft::gateway
