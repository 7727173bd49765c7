#include "services/payment/stripe_answer.h"

#include <gtest/gtest.h>

namespace fsft::payment {
namespace {

constexpr char kSession[] = R"({"id": "cs_test_1", "object": "checkout.session", "status": "open",
  "url": "https://pay/1", "client_reference_id": "p1", "customer_details": null})";

http::Response Response(int status, http::Headers headers = {}, std::string body = "{}") {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

StripeSession Session(std::string id, std::string status, std::string reference = "p1") {
  return {.id = std::move(id),
          .url = "",
          .status = std::move(status),
          .client_reference_id = std::move(reference)};
}

TEST(StripeAnswer, ReadsASession) {
  const CreateAnswer answer = ReadCreateAnswer(Response(200, {}, kSession));
  ASSERT_EQ(answer.verdict, CreateVerdict::kCreated);
  EXPECT_EQ(answer.session.id, "cs_test_1");
  EXPECT_EQ(answer.session.url, "https://pay/1");
  EXPECT_EQ(answer.session.status, "open");
  EXPECT_EQ(answer.session.client_reference_id, "p1");
}

TEST(StripeAnswer, KnowsNothingAfterASuccessWithoutASession) {
  for (const char* body : {"", "not json", "[]", "{}", R"({"id": "cs_1"})", R"({"id": 7})",
                           R"({"id": "cs_1", "status": "open", "url": null})"}) {
    EXPECT_EQ(ReadCreateAnswer(Response(200, {}, body)).verdict, CreateVerdict::kUnknown) << body;
  }
}

struct Case {
  const char* name;
  int status;
  http::Headers headers;
  CreateVerdict verdict;
};

class Failures : public testing::TestWithParam<Case> {};

TEST_P(Failures, SayWhatBecameOfTheSession) {
  const Case& c = GetParam();
  EXPECT_EQ(ReadCreateAnswer(Response(c.status, c.headers)).verdict, c.verdict);
  // A body that is no JSON must change nothing.
  EXPECT_EQ(ReadCreateAnswer(Response(c.status, c.headers, "<html>")).verdict, c.verdict);
}

const http::Headers kReplayed = {{"Idempotent-Replayed", "true"}};
const http::Headers kRetry = {{"Stripe-Should-Retry", "true"}};
const http::Headers kNoRetry = {{"Stripe-Should-Retry", "false"}};

INSTANTIATE_TEST_SUITE_P(
    StripeAnswer, Failures,
    testing::Values(Case{"Failed", 500, {}, CreateVerdict::kUnknown},
                    Case{"BadGateway", 502, {}, CreateVerdict::kUnknown},
                    // Not to be asked again by the way, but a repeat learns whether it is stored.
                    Case{"FailedForGood", 500, kNoRetry, CreateVerdict::kUnknown},
                    Case{"Replayed", 500, kReplayed, CreateVerdict::kStoredFailure},
                    Case{"ReplayedUnavailable", 503, kReplayed, CreateVerdict::kStoredFailure},
                    Case{"InFlight", 409, {}, CreateVerdict::kInFlight},
                    Case{"SlowDown", 429, {}, CreateVerdict::kSlowDown},
                    Case{"OtherParameters", 400, {}, CreateVerdict::kRefused},
                    Case{"WrongKey", 401, {}, CreateVerdict::kRefused},
                    Case{"ReplayedRefusal", 400, kReplayed, CreateVerdict::kRefused},
                    Case{"AdvisedToRetry", 424, kRetry, CreateVerdict::kUnknown},
                    Case{"Redirected", 302, {}, CreateVerdict::kRefused}),
    [](const auto& tested) { return tested.param.name; });

TEST(StripeAnswer, TellsWhenToComeBack) {
  const auto pause = [](const char* retry_after) {
    return ReadCreateAnswer(Response(429, {{"Retry-After", retry_after}})).retry_after.count();
  };
  EXPECT_EQ(pause("7"), 7);
  EXPECT_EQ(pause("3600"), 60);
  EXPECT_EQ(pause("soon"), 2);
  EXPECT_EQ(pause("-1"), 2);
  EXPECT_EQ(ReadCreateAnswer(Response(429)).retry_after.count(), 2);
}

TEST(StripeAnswer, ReadsAPageOfSessions) {
  const auto page =
      ReadSessionPage(std::string(R"({"has_more": true, "data": [)") + kSession + "]}");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->has_more);
  ASSERT_EQ(page->sessions.size(), 1u);
  EXPECT_EQ(page->sessions.front().id, "cs_test_1");
}

// A page that is not understood is no proof that there is no session.
TEST(StripeAnswer, TakesNoOtherTextForAPage) {
  for (const char* body :
       {"", "{}", "[]", R"({"data": []})", R"({"data": {}, "has_more": false})",
        R"({"data": [], "has_more": "false"})", R"({"data": [7], "has_more": false})",
        R"({"data": [{"id": "cs_1"}], "has_more": false})", R"({"data": [], "has_more": true})"}) {
    EXPECT_FALSE(ReadSessionPage(body).ok()) << body;
  }
}

TEST(StripeAnswer, FindsThePaymentsSessionThatMattersMost) {
  EXPECT_FALSE(SessionOf("p1", {}).has_value());
  EXPECT_FALSE(SessionOf("p1", {Session("cs_1", "open", "p2")}).has_value());
  const StripeSession expired = Session("cs_expired", "expired"), open = Session("cs_open", "open"),
                      paid = Session("cs_paid", "complete");
  EXPECT_EQ(SessionOf("p1", {expired})->id, "cs_expired");
  EXPECT_EQ(SessionOf("p1", {expired, open})->id, "cs_open");
  EXPECT_EQ(SessionOf("p1", {open, paid, expired})->id, "cs_paid");
  EXPECT_EQ(SessionOf("p1", {paid, open})->id, "cs_paid");
}

}  // namespace
}  // namespace fsft::payment
