#include "gateway/gateway.h"

#include <gmock/gmock.h>

#include <stdexcept>
#include <tuple>

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
  EXPECT_EQ(Header(response, "Allow"), "OPTIONS, POST");
}

TEST_F(GatewayTest, OptionsAreToldForEveryAddressAndNeedNoToken) {
  for (const auto& [path, allow] :
       {std::pair("/health", "GET, HEAD, OPTIONS"),
        std::pair("/api/intakes/x", "GET, HEAD, OPTIONS, PATCH"),
        std::pair("/checkout/create-session", "OPTIONS, POST"),
        std::pair("/api/admin/stats", "GET, HEAD, OPTIONS"), std::pair("*", "")}) {
    const http::Response response = Ask("OPTIONS", path);
    EXPECT_EQ(response.status, 204) << path;
    EXPECT_EQ(response.body, "") << path;
    EXPECT_EQ(Header(response, "Allow"), allow) << path;
  }
  EXPECT_EQ(Ask("OPTIONS", "/nothing").status, 404);
  Ask("OPTIONS", "/api/drafts/generate", {{"Content-Type", "application/json"}}, "{}");
  EXPECT_FALSE(body_was_read_);
}

TEST_F(GatewayTest, MethodsThatNobodyHasAreNotAllowed) {
  for (const char* method : {"TRACE", "CONNECT", "PUT"}) {
    const http::Response response = Ask(method, "/health");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(Header(response, "Allow"), "GET, HEAD, OPTIONS") << method;
  }
  // No header makes another method of it.
  EXPECT_EQ(Ask("POST", "/health", {{"X-HTTP-Method-Override", "GET"}}).status, 405);
}

TEST_F(GatewayTest, WhoCannotReadTheAnswerLearnsItsTypeBeforeAnythingIsDone) {
  for (const auto& [method, path, accept] :
       {std::tuple("GET", "/api/cities", "text/html"),
        std::tuple("POST", "/api/checkout/create-session", "application/xml"),
        std::tuple("POST", "/api/drafts/preview", "application/json"),
        std::tuple("GET", "/", "application/json")}) {
    const http::Response response = Ask(method, path, {{"Accept", accept}});
    EXPECT_EQ(response.status, 406) << path;
    EXPECT_EQ(response.content_type, "application/problem+json") << path;
    EXPECT_EQ(Json(response)["code"], "not_acceptable") << path;
    EXPECT_FALSE(body_was_read_) << path;
  }
  EXPECT_EQ(backend_.list_cities.calls, 0);
  EXPECT_EQ(backend_.submit_appeal.calls, 0);
}

TEST_F(GatewayTest, MonitorsVendorsAndProblemsAreAnsweredWhateverTheyAccept) {
  probe_.RunOnce();
  const http::Header accept{"Accept", "text/plain"};
  for (const char* path : {"/health", "/status", "/api/webhook/health", "/assets/icon.svg"})
    EXPECT_EQ(Ask("GET", path, {accept}).status, 200) << path;
  EXPECT_EQ(Ask("GET", "/nothing", {accept}).status, 404);
  backend_.webhook.answer = payment::HandleStripeWebhookResponse();
  EXPECT_EQ(Ask("POST", "/api/webhook/stripe", {accept}, "{}").status, 200);
}

TEST_F(GatewayTest, OnlyASiteBehindHttpsInsistsOnIt) {
  EXPECT_EQ(Header(Ask("GET", "/health"), "Strict-Transport-Security"), "");
  Gateway secure(Routes(), Services{backend_, probe_}, no_tokens_, metrics_, {.https = true});
  for (const char* path : {"/health", "/nothing"}) {
    const auto exchange = secure.Begin(
        {.method = "GET", .path = path, .headers = {}, .body = {}, .remote_addr = {}}, {});
    EXPECT_EQ(Header(exchange->Answer(""), "Strict-Transport-Security"), "max-age=31536000");
  }
  EXPECT_NE(Header(secure.AnswerUnreadable(400), "Strict-Transport-Security"), "");
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
  EXPECT_EQ(fail(http::BodyFailure::kNoRoom), 503);
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
  const std::pair<Gate, int> gates[] = {{Gate::kLookup, 256},  {Gate::kCheckout, 64},
                                        {Gate::kWebhook, 128}, {Gate::kPrinterWebhook, 64},
                                        {Gate::kUpload, 16},   {Gate::kPreview, 8}};
  for (const auto& [gate, room] : gates) {
    const Route routes[] = {
        {"GET", "/nest", {Auth::kOpen}, {Body::kNone, 0}, {gate, std::chrono::seconds(1)}, Nest}};
    metrics::Registry metrics;
    Gateway gateway(routes, Services{backend_, probe_}, no_tokens_, metrics);
    nested_gateway = &gateway;
    for (int round = 0; round < 2; ++round) {
      nested_calls = 0;
      const http::Response response =
          gateway
              .Begin(
                  {.method = "GET", .path = "/nest", .headers = {}, .body = {}, .remote_addr = {}},
                  {})
              ->Answer("");
      EXPECT_EQ(nested_calls, room);
      EXPECT_EQ(response.status, 503);
      EXPECT_EQ(Json(response)["code"], "overloaded");
      EXPECT_EQ(Header(response, "Retry-After"), "1");
    }
    EXPECT_THAT(metrics.Serialize(), HasSubstr("http_refusals_total{reason=\"work\"} 2"));
  }
}

TEST_F(GatewayTest, WhatCannotBeUnderstoodOrTakenIsAnsweredByWhatItWas) {
  const std::tuple<int, const char*, const char*> answers[] = {{400, "malformed_request", ""},
                                                               {408, "head_too_slow", ""},
                                                               {414, "address_too_long", ""},
                                                               {416, "malformed_request", ""},
                                                               {429, "too_many_connections", "1"},
                                                               {431, "head_too_large", ""},
                                                               {500, "internal", ""},
                                                               {501, "unknown_method", ""},
                                                               {503, "overloaded", "1"},
                                                               {505, "unknown_version", ""}};
  for (const auto& [status, code, retry_after] : answers) {
    const http::Response response = gateway_.AnswerUnreadable(status);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(Json(response)["code"], code);
    EXPECT_EQ(Json(response)["status"], status);
    EXPECT_EQ(Header(response, "Retry-After"), retry_after) << code;
    EXPECT_EQ(Header(response, "X-Content-Type-Options"), "nosniff");
  }
  for (const char* reason : {"head_too_slow", "client_connections", "connections"}) {
    EXPECT_THAT(metrics_.Serialize(),
                HasSubstr("http_refusals_total{reason=\"" + std::string(reason) + "\"} 1"));
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
