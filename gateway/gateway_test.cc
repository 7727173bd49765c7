#include "gateway/gateway.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "gateway/gateway_fixture.h"

namespace fsft::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(GatewayTest, UnknownAddressesAreProblems) {
  const http::Response response = Ask("GET", "/nothing/here");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(Json(response)["code"], "not_found");
  EXPECT_THAT(response.body, Not(HasSubstr("nothing/here")));
}

TEST_F(GatewayTest, AWrongMethodLearnsTheRightOnes) {
  const http::Response response = Ask("DELETE", "/api/checkout/create-session");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(Header(response, "Allow"), "POST");
}

TEST_F(GatewayTest, ABodyIsJudgedByItsHeadBeforeItIsRead) {
  const auto refuse = [&](std::vector<http::Header> headers, http::Framing framing) {
    const auto exchange = gateway_.Begin({.method = "POST",
                                          .path = "/api/checkout/create-session",
                                          .headers = std::move(headers),
                                          .body = {},
                                          .remote_addr = {}},
                                         framing);
    EXPECT_FALSE(exchange->BodyLimit());
    return exchange->Answer("").status;
  };
  const http::Framing small{.chunked = false, .length = 10};
  const http::Header type{"Content-Type", "application/json"};
  EXPECT_EQ(refuse({}, small), 415);
  EXPECT_EQ(refuse({{"Content-Type", "text/plain"}}, small), 415);
  EXPECT_EQ(refuse({{"Content-Type", "application/jsonp"}}, small), 415);
  EXPECT_EQ(refuse({type, {"Content-Encoding", "gzip"}}, small), 415);
  EXPECT_EQ(refuse({type}, {}), 411);
  EXPECT_EQ(refuse({type}, {.chunked = false, .length = (512 << 10) + 1}), 413);
}

TEST_F(GatewayTest, EachRoutesOwnLimitIsToldToTheServer) {
  const auto limit = [&](const char* path) {
    return gateway_
        .Begin({.method = "POST",
                .path = path,
                .headers = {{"Content-Type", "application/JSON ; charset=utf-8"}},
                .body = {},
                .remote_addr = {}},
               {.chunked = true, .length = {}})
        ->BodyLimit();
  };
  EXPECT_EQ(limit("/api/checkout/create-session"), 512u << 10);
  EXPECT_EQ(limit("/api/webhook/stripe"), 1u << 20);
  EXPECT_EQ(limit("/api/checkout/old-format"), 64u << 10);
}

TEST_F(GatewayTest, ABodyThatFailsIsAnsweredByWhatFailed) {
  const auto fail = [&](http::BodyFailure failure) {
    return gateway_
        .Begin({.method = "POST",
                .path = "/api/webhook/stripe",
                .headers = {},
                .body = {},
                .remote_addr = {}},
               {.chunked = true, .length = {}})
        ->AnswerFailure(failure)
        .status;
  };
  EXPECT_EQ(fail(http::BodyFailure::kTooLarge), 413);
  EXPECT_EQ(fail(http::BodyFailure::kTooSlow), 408);
  EXPECT_EQ(fail(http::BodyFailure::kBroken), 400);
  EXPECT_EQ(backend_.webhook.calls, 0);
}

TEST_F(GatewayTest, ARequestIdIsTakenOverOnlyWhenItIsHarmless) {
  EXPECT_EQ(Header(Ask("GET", "/health", {{"X-Request-ID", "abc.DEF_1-2"}}), "X-Request-ID"),
            "abc.DEF_1-2");
  for (const std::string& id : {std::string("a b"), std::string("a\r\nSet-Cookie: x"),
                                std::string(129, 'a'), std::string()}) {
    const std::string given = Header(Ask("GET", "/health", {{"X-Request-ID", id}}), "X-Request-ID");
    EXPECT_NE(given, id);
    EXPECT_THAT(given, testing::MatchesRegex("[A-Za-z0-9._-]+"));
  }
  const http::Response problem = Ask("GET", "/nothing", {{"X-Request-ID", "mine"}});
  EXPECT_EQ(Json(problem)["request_id"], "mine");
}

TEST_F(GatewayTest, EveryAnswerCarriesTheSecurityHeaders) {
  for (const char* path : {"/health", "/nothing", "/", "/api/checkout/session/cs_x"}) {
    const http::Response response = Ask("GET", path);
    EXPECT_EQ(Header(response, "X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(Header(response, "Referrer-Policy"), "no-referrer") << path;
    EXPECT_THAT(Header(response, "Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"))
        << path;
    EXPECT_NE(Header(response, "Cache-Control"), "") << path;
  }
}

TEST_F(GatewayTest, PagesAndTheirAssetsAreServed) {
  const std::pair<const char*, const char*> pages[] = {
      {"/", "text/html; charset=utf-8"},
      {"/success", "text/html; charset=utf-8"},
      {"/cancelled", "text/html; charset=utf-8"},
      {"/assets/site.css", "text/css; charset=utf-8"},
      {"/assets/order.js", "text/javascript; charset=utf-8"},
      {"/assets/address.js", "text/javascript; charset=utf-8"},
      {"/assets/status.js", "text/javascript; charset=utf-8"},
      {"/assets/icon.svg", "image/svg+xml"}};
  for (const auto& [path, type] : pages) {
    const http::Response response = Ask("GET", path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.content_type, type) << path;
    EXPECT_FALSE(response.body.empty()) << path;
  }
  EXPECT_EQ(Ask("GET", "/assets/missing.js").status, 404);
}

// The policy forbids what the pages must not do; this keeps them from needing it.
TEST_F(GatewayTest, PagesUseNothingFromElsewhereAndNoInlineScript) {
  for (const char* path : {"/", "/success", "/cancelled"}) {
    const std::string page = Ask("GET", path).body;
    for (const char* forbidden :
         {"http://", "https://", "<style", " style=", " onclick=", "<script>"}) {
      EXPECT_THAT(page, Not(HasSubstr(forbidden))) << path;
    }
    EXPECT_THAT(page, HasSubstr("<html lang=\"en\">")) << path;
  }
}

TEST_F(GatewayTest, RequestsAreCountedByRouteNotByPath) {
  Ask("GET", "/api/checkout/session/cs_a");
  Ask("GET", "/checkout/session/cs_b");
  Ask("GET", "/wp-login.php");
  const std::string metrics = metrics_.Serialize();
  EXPECT_THAT(metrics, HasSubstr("route=\"/api/checkout/session/{session_id}\"} 2"));
  EXPECT_THAT(metrics, HasSubstr("route=\"none\""));
  EXPECT_THAT(metrics, Not(HasSubstr("wp-login")));
}

// Asks its own route again, so that requests are at work inside each other until the gate is full.
Gateway* nested_gateway = nullptr;
int nested_calls = 0;
absl::StatusOr<http::Response> Nest(const Services&, const Call& call) {
  ++nested_calls;
  return nested_gateway->Begin(call.request, {})->Answer("");
}

TEST_F(GatewayTest, AFullGateTurnsAwayAtOnceAndOpensAgain) {
  const Route routes[] = {{"GET",
                           "/nest",
                           {Auth::kOpen},
                           {Body::kNone, 0},
                           {Gate::kWebhook, std::chrono::seconds(1)},
                           Nest}};
  Gateway gateway(routes, Services{backend_, probe_}, no_tokens_, metrics_);
  nested_gateway = &gateway;
  for (int round = 0; round < 2; ++round) {
    nested_calls = 0;
    const http::Response response =
        gateway
            .Begin({.method = "GET", .path = "/nest", .headers = {}, .body = {}, .remote_addr = {}},
                   {})
            ->Answer("");
    EXPECT_EQ(nested_calls, 128);
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(Json(response)["code"], "overloaded");
    EXPECT_EQ(Header(response, "Retry-After"), "1");
  }
}

absl::StatusOr<http::Response> Throw(const Services&, const Call&) {
  throw std::runtime_error("secret");
}

TEST_F(GatewayTest, AHandlerThatThrowsIsA500WithoutItsText) {
  const Route routes[] = {{"GET",
                           "/throw",
                           {Auth::kOpen},
                           {Body::kNone, 0},
                           {Gate::kNone, std::chrono::seconds(1)},
                           Throw}};
  Gateway gateway(routes, Services{backend_, probe_}, no_tokens_, metrics_);
  const http::Response response =
      gateway
          .Begin({.method = "GET", .path = "/throw", .headers = {}, .body = {}, .remote_addr = {}},
                 {})
          ->Answer("");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace fsft::gateway
