#include "gateway/client_limits.h"

#include <gmock/gmock.h>

#include "gateway/operator_fixture.h"

namespace fsft::gateway {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

RateLimiter::Clock::time_point now;
RateLimiter::Clock::time_point Now() { return now; }

// The gateway with its limits on, asked by clients of several addresses.
class ClientLimitsTest : public OperatorTest {
 protected:
  void SetUp() override {
    OperatorTest::SetUp();
    now = RateLimiter::Clock::time_point(seconds(1000));
    limited_.emplace(Routes(), Services{backend_, probe_}, *tokens_, limited_metrics_, PublicSide{},
                     &limits_);
  }

  http::Response From(const char* peer, std::string method, std::string path,
                      std::vector<http::Header> headers = {}, const std::string& body = "") {
    http::Framing framing;
    if (!body.empty()) framing.length = body.size();
    const auto exchange = limited_->Begin({.method = std::move(method),
                                           .path = std::move(path),
                                           .headers = std::move(headers),
                                           .body = {},
                                           .remote_addr = peer},
                                          framing);
    return exchange->Answer(exchange->BodyLimit() ? body : "");
  }

  http::Response LookUp(const char* peer, std::vector<http::Header> headers = {},
                        const char* path = "/api/status/lookup") {
    headers.push_back({"Content-Type", "application/json"});
    return From(peer, "POST", path, std::move(headers), R"({"email":"a@b.c"})");
  }

  // How many of `count` are not refused with 429.
  template <class Ask>
  static int Taken(int count, Ask ask) {
    int taken = 0;
    for (int i = 0; i < count; ++i) taken += ask().status != 429;
    return taken;
  }

  ClientLimits limits_{*RateLimits::Parse("wrong-operator-tokens=3", Routes()),
                       http::Networks({"10.0.0.0/8"}),
                       std::make_unique<RateLimiter>(1 << 10, &Now)};
  metrics::Registry limited_metrics_;
  std::optional<Gateway> limited_;
};

TEST_F(ClientLimitsTest, OneTooManyIsToldWhenItMayComeAgainAndThenItMay) {
  EXPECT_EQ(Taken(10, [&] { return LookUp("203.0.113.7"); }), 10);
  const http::Response refused = LookUp("203.0.113.7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.content_type, "application/problem+json");
  EXPECT_EQ(Json(refused)["code"], "too_many_requests");
  EXPECT_EQ(Header(refused, "Retry-After"), "6");
  now += seconds(5);
  EXPECT_EQ(LookUp("203.0.113.7").status, 429);
  now += seconds(1);
  EXPECT_NE(LookUp("203.0.113.7").status, 429);
  EXPECT_EQ(LookUp("203.0.113.7").status, 429);
}

TEST_F(ClientLimitsTest, ARefusedRequestIsNotReadAndReachesNobody) {
  Taken(10, [&] { return LookUp("203.0.113.7"); });
  const int calls = backend_.look_up.calls;
  const auto exchange = limited_->Begin({.method = "POST",
                                         .path = "/api/status/lookup",
                                         .headers = {{"Content-Type", "application/json"}},
                                         .body = {},
                                         .remote_addr = "203.0.113.7"},
                                        {.chunked = false, .length = 100});
  EXPECT_FALSE(exchange->BodyLimit());
  EXPECT_EQ(exchange->Answer("").status, 429);
  EXPECT_EQ(backend_.look_up.calls, calls);
}

TEST_F(ClientLimitsTest, OthersAndOtherRoutesAreNotConcerned) {
  EXPECT_EQ(Taken(20, [&] { return LookUp("203.0.113.7"); }), 10);
  EXPECT_EQ(Taken(20, [&] { return LookUp("203.0.113.8"); }), 10);
  EXPECT_NE(From("203.0.113.7", "GET", "/api/cities").status, 429);
  EXPECT_EQ(Taken(2000, [&] { return From("203.0.113.7", "GET", "/health"); }), 2000);
}

TEST_F(ClientLimitsTest, ANetworkOfIpv6IsOneClient) {
  EXPECT_EQ(Taken(8, [&] { return LookUp("2001:db8::1"); }), 8);
  EXPECT_EQ(Taken(8, [&] { return LookUp("2001:db8::ffff"); }), 2);
  EXPECT_EQ(Taken(8, [&] { return LookUp("2001:db8:0:1::1"); }), 8);
}

TEST_F(ClientLimitsTest, OnlyAProxyOfOursMaySayWhoAsks) {
  int number = 0;
  const auto as_somebody_else = [&](const char* peer) {
    return Taken(20, [&] {
      return LookUp(peer, {{"X-Forwarded-For", "198.51.100." + std::to_string(++number)}});
    });
  };
  EXPECT_EQ(as_somebody_else("203.0.113.7"), 10);
  EXPECT_EQ(as_somebody_else("10.0.0.1"), 20);
}

TEST_F(ClientLimitsTest, AnOldAddressIsNoSecondHelping) {
  EXPECT_EQ(Taken(10, [&] { return LookUp("203.0.113.7", {}, "/status/lookup"); }), 10);
  EXPECT_EQ(LookUp("203.0.113.7").status, 429);
}

TEST_F(ClientLimitsTest, WebhooksHaveABudgetOfTheirOwn) {
  EXPECT_EQ(
      Taken(1000, [&] { return From("203.0.113.7", "POST", "/api/webhook/stripe", {}, "{}"); }),
      1000);
  EXPECT_EQ(Taken(1000, [&] { return From("203.0.113.7", "POST", "/api/webhook/lob", {}, "{}"); }),
            1000);
}

TEST_F(ClientLimitsTest, WhoGuessesOperatorsTokensIsNotListenedToForAWhile) {
  const auto ask = [&](const char* peer, const std::string& token) {
    return From(peer, "GET", "/status", {Bearer(token)}).status;
  };
  EXPECT_EQ(ask("203.0.113.7", "reader"), 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("203.0.113.7", "guess"), 401);
  EXPECT_EQ(ask("203.0.113.7", "guess"), 429);
  EXPECT_EQ(ask("203.0.113.7", "reader"), 429) << "a right guess would be told apart";
  EXPECT_EQ(From("203.0.113.7", "GET", "/api/admin/stats", {Bearer("guess")}).status, 429);
  EXPECT_EQ(ask("203.0.113.8", "reader"), 200);
  now += seconds(20);
  EXPECT_EQ(ask("203.0.113.7", "reader"), 200);
}

TEST_F(ClientLimitsTest, TheRightTokenAndNoTokenAreNoGuesses) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(From("203.0.113.7", "GET", "/status", {Bearer("reader")}).status, 200);
    EXPECT_EQ(From("203.0.113.7", "GET", "/api/admin/stats").status, 401);
  }
}

TEST_F(ClientLimitsTest, RefusalsAreCountedByReasonAndNamesNobody) {
  Taken(12, [&] { return LookUp("203.0.113.7"); });
  for (int i = 0; i < 4; ++i) From("203.0.113.7", "GET", "/status", {Bearer("guess")});
  const std::string metrics = limited_metrics_.Serialize();
  EXPECT_THAT(metrics, HasSubstr("http_refusals_total{reason=\"client_rate\"} 2"));
  EXPECT_THAT(metrics, HasSubstr("http_refusals_total{reason=\"wrong_tokens\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("code=\"429\",method=\"POST\",route=\"/api/status/lookup\"} 2"));
  EXPECT_THAT(metrics, testing::Not(HasSubstr("203.0.113")));
}

}  // namespace
}  // namespace fsft::gateway
