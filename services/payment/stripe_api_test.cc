#include "services/payment/stripe_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>

#include "shared/http/test_server.h"
#include "shared/rpc/status.h"

namespace fsft::payment {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kHangUp[] = "";
constexpr char kAdvised[] = "Stripe-Should-Retry: true\r\n";

class StripeApiTest : public testing::Test {
 protected:
  std::string Next() {
    const std::lock_guard lock(mutex_);
    if (answers_.empty()) return http::Answer("200 OK", "{}");
    std::string answer = answers_.front();
    answers_.pop_front();
    return answer;
  }
  // What becomes of a POST for which Stripe has these answers ready, and then good ones.
  int StatusAfter(std::deque<std::string> answers) {
    {
      const std::lock_guard lock(mutex_);
      answers_ = std::move(answers);
    }
    const size_t before = server_.Requests().size();
    const auto response =
        api_.Post("/v1/refunds", {{"amount", "1"}}, "key-1", rpc::In(seconds(10)));
    asked_ = server_.Requests().size() - before;
    return response.ok() ? response->status : 0;
  }

  std::mutex mutex_;
  std::deque<std::string> answers_;
  size_t asked_ = 0;
  std::string key_ = "sk_test_1";
  http::TestServer server_{[this](const std::string&) { return Next(); }};
  http::Client http_;
  time::FakeClock clock_{time::TimePoint(seconds(1'700'000'000))};
  metrics::Registry registry_;
  CircuitBreaker breaker_{clock_, registry_, {.failures = 4, .pause = seconds(10)}};
  StripeApi api_{http_, breaker_, {.base = server_.Url(""), .secret_key = [&] {
                                     return config::Secret(key_);
                                   }}};
};

TEST_F(StripeApiTest, SaysWhoWeAreAndWhichVersionWeSpeak) {
  ASSERT_TRUE(api_.Get("/v1/events", {{"type", "refund.*"}}, rpc::In(seconds(10))).ok());
  const std::string request = server_.Requests().front();
  EXPECT_THAT(request, StartsWith("GET /v1/events?type=refund.%2A HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Bearer sk_test_1\r\n"));
  EXPECT_THAT(request, HasSubstr("Stripe-Version: 2026-10-28.endive\r\n"));
}

TEST_F(StripeApiTest, UsesTheKeyOfTheMoment) {
  StatusAfter({});
  key_ = "sk_test_2";
  StatusAfter({});
  EXPECT_THAT(server_.Requests().back(), HasSubstr("Authorization: Bearer sk_test_2\r\n"));
}

TEST_F(StripeApiTest, RepeatsTheSameBytesUnderTheSameKeyWhenStripeHangsUp) {
  EXPECT_EQ(StatusAfter({kHangUp, kHangUp}), 200);
  ASSERT_EQ(asked_, 3u);
  EXPECT_THAT(server_.Requests()[0], HasSubstr("Idempotency-Key: key-1\r\n"));
  EXPECT_EQ(server_.Requests()[1], server_.Requests()[0]);
  EXPECT_EQ(server_.Requests()[2], server_.Requests()[0]);
}

TEST_F(StripeApiTest, GivesUpAfterThreeTimes) {
  EXPECT_EQ(StatusAfter({kHangUp, kHangUp, kHangUp}), 0);
  EXPECT_EQ(asked_, 3u);
}

struct Case {
  const char* name;
  std::string answer;
  size_t asked;
};

class Answers : public StripeApiTest, public testing::WithParamInterface<Case> {};

TEST_P(Answers, SayWhetherToAskAgain) {
  StatusAfter({GetParam().answer});
  EXPECT_EQ(asked_, GetParam().asked);
}

INSTANTIATE_TEST_SUITE_P(
    StripeApi, Answers,
    testing::Values(
        // Kept under the key, perhaps: the caller knows what to do about it.
        Case{"Failed", http::Answer("500 Internal Server Error", "{}"), 1},
        Case{"FailedAndAdvised", http::Answer("503 Service Unavailable", "{}", kAdvised), 2},
        Case{"Refused", http::Answer("400 Bad Request", "{}"), 1},
        Case{"RefusedAndAdvised", http::Answer("400 Bad Request", "{}", kAdvised), 2},
        Case{"AdvisedAgainst",
             http::Answer("503 Service Unavailable", "{}", "Stripe-Should-Retry: false\r\n"), 1},
        Case{"Busy", http::Answer("429 Too Many Requests", "{}", "Retry-After: 1\r\n"), 1},
        Case{"BusyForLong",
             http::Answer("429 Too Many Requests", "{}",
                          std::string(kAdvised) + "Retry-After: 30\r\n"),
             1},
        Case{"InFlight", http::Answer("409 Conflict", "{}", kAdvised), 1},
        Case{"Done", http::Answer("200 OK", "{}", kAdvised), 1}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(StripeApiTest, WaitsAsLongAsStripeSaysBeforeItAsksAgain) {
  const auto begun = std::chrono::steady_clock::now();
  StatusAfter(
      {http::Answer("429 Too Many Requests", "{}", std::string(kAdvised) + "Retry-After: 1\r\n")});
  EXPECT_EQ(asked_, 2u);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, seconds(1));
}

TEST_F(StripeApiTest, RepeatsNothingThatHasNoKey) {
  answers_ = {kHangUp};
  EXPECT_FALSE(api_.PostOnce("/v1/checkout/sessions/cs_1/expire", rpc::In(seconds(10))).ok());
  EXPECT_EQ(server_.Requests().size(), 1u);
}

TEST_F(StripeApiTest, AsksNothingWithoutTime) {
  const auto response = api_.Get("/v1/events", {}, rpc::In(std::chrono::milliseconds(50)));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(server_.Requests().empty());
}

TEST_F(StripeApiTest, BeginsNoRepeatThatTheDeadlineWouldCutOff) {
  answers_ = {kHangUp};
  EXPECT_FALSE(api_.Get("/v1/events", {}, rpc::In(std::chrono::milliseconds(200))).ok());
  EXPECT_EQ(server_.Requests().size(), 1u);
}

TEST_F(StripeApiTest, AsksNoMoreOnceStripeDoesNotAnswer) {
  StatusAfter({kHangUp, kHangUp, kHangUp});
  StatusAfter({http::Answer("500 Internal Server Error", "{}")});
  const auto response = api_.Get("/v1/events", {}, rpc::In(seconds(10)));
  EXPECT_EQ(rpc::DetailOf(response.status()).reason(), "stripe_unavailable");
  EXPECT_EQ(RetryAfterOf(response.status()), seconds(10));
  EXPECT_EQ(server_.Requests().size(), 4u);
  clock_.Advance(seconds(10));
  EXPECT_EQ(StatusAfter({}), 200);
}

// An old failure from the idempotency store, a refusal, too many requests: Stripe is there.
TEST_F(StripeApiTest, TakesARefusalForAnAnswer) {
  for (int i = 0; i < 5; ++i) {
    StatusAfter({http::Answer("500 Internal Server Error", "{}", "Idempotent-Replayed: true\r\n")});
    StatusAfter({http::Answer("429 Too Many Requests", "{}")});
  }
  EXPECT_EQ(StatusAfter({}), 200);
}

}  // namespace
}  // namespace fsft::payment
