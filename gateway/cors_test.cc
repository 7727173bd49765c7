#include "gateway/cors.h"

#include <gmock/gmock.h>

#include "gateway/gateway_fixture.h"

namespace fsft::gateway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kSite[] = "https://site.test";

class CorsTest : public GatewayTest {
 protected:
  // As a page of `origin` would ask a gateway that knows `origins`.
  http::Response AskFrom(const std::string& origin, std::string method, std::string path,
                         std::vector<std::string> origins = {"https://other.test", kSite},
                         const std::string& wanted = "") {
    Gateway gateway(Routes(), Services{backend_, probe_}, no_tokens_, metrics_,
                    {.cors_origins = std::move(origins)});
    http::Request head{.method = std::move(method),
                       .path = std::move(path),
                       .headers = {},
                       .body = {},
                       .remote_addr = {}};
    if (!origin.empty()) head.headers.push_back({"Origin", origin});
    if (!wanted.empty()) head.headers.push_back({"Access-Control-Request-Method", wanted});
    return gateway.Begin(std::move(head), {})->Answer("");
  }

  static std::string AllowedOrigin(const http::Response& response) {
    return Header(response, "Access-Control-Allow-Origin");
  }

  static bool IsSilent(const http::Response& response) {
    for (const http::Header& header : response.headers)
      if (header.name.starts_with("Access-Control-")) return false;
    return true;
  }
};

TEST_F(CorsTest, APageOfAKnownOriginMayReadAnswersAndProblems) {
  for (const char* path : {"/health", "/status", "/nothing", "/api/intakes/x"}) {
    const http::Response response = AskFrom(kSite, "GET", path);
    EXPECT_EQ(AllowedOrigin(response), kSite) << path;
    EXPECT_EQ(Header(response, "Vary"), "Origin") << path;
    EXPECT_EQ(Header(response, "Access-Control-Expose-Headers"), "Retry-After, X-Request-ID");
    EXPECT_EQ(Header(response, "Access-Control-Allow-Credentials"), "") << path;
  }
  EXPECT_EQ(AllowedOrigin(AskFrom(kSite, "GET", "/health", {"HTTPS://Site.Test"})), kSite);
}

TEST_F(CorsTest, OthersAreToldNothingButThatItDepends) {
  for (const char* origin : {"https://evil.test", "http://site.test", "https://site.test:8443",
                             "https://site.test.evil.test", "https://evilsite.test", "null", ""}) {
    const http::Response response = AskFrom(origin, "GET", "/health");
    EXPECT_TRUE(IsSilent(response)) << origin;
    EXPECT_EQ(Header(response, "Vary"), "Origin") << origin;
  }
}

TEST_F(CorsTest, WithoutConfiguredOriginsThereIsNoCors) {
  for (const char* method : {"GET", "OPTIONS"}) {
    const http::Response response = AskFrom(kSite, method, "/health", {}, "GET");
    EXPECT_TRUE(IsSilent(response)) << method;
    EXPECT_EQ(Header(response, "Vary"), "") << method;
  }
}

TEST_F(CorsTest, AnyOriginIsAnsweredTheSame) {
  for (const char* origin : {"https://any.test", kSite, ""}) {
    const http::Response response = AskFrom(origin, "GET", "/health", {kSite, "*"});
    EXPECT_EQ(AllowedOrigin(response), "*") << origin;
    EXPECT_EQ(Header(response, "Vary"), "") << origin;
    EXPECT_EQ(Header(response, "Access-Control-Allow-Credentials"), "") << origin;
  }
}

TEST_F(CorsTest, APreflightLearnsWhatMayBeSent) {
  const http::Response response =
      AskFrom(kSite, "OPTIONS", "/api/checkout/create-session", {kSite}, "POST");
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(AllowedOrigin(response), kSite);
  EXPECT_EQ(Header(response, "Access-Control-Allow-Methods"), "OPTIONS, POST");
  EXPECT_THAT(
      Header(response, "Access-Control-Allow-Headers"),
      AllOf(HasSubstr("Authorization"), HasSubstr("Content-Type"), HasSubstr("Idempotency-Key"),
            HasSubstr("X-Request-ID"), HasSubstr("traceparent"), HasSubstr("X-Caption")));
  EXPECT_EQ(Header(response, "Access-Control-Max-Age"), "3600");
  EXPECT_EQ(Header(response, "Allow"), "OPTIONS, POST");
  EXPECT_TRUE(IsSilent(AskFrom("https://evil.test", "OPTIONS", "/health", {kSite}, "GET")));
  EXPECT_EQ(AskFrom(kSite, "OPTIONS", "/nothing", {kSite}, "GET").status, 404);
}

TEST_F(CorsTest, OperatorRoutesAreClosedToPagesOfOthers) {
  for (const Route& route : Routes()) {
    if (route.access.auth != Auth::kOperator) continue;
    const std::string path(route.pattern);
    const std::string method(route.method);
    EXPECT_TRUE(IsSilent(AskFrom(kSite, method, path, {kSite, "*"}))) << path;
    EXPECT_TRUE(IsSilent(AskFrom(kSite, "OPTIONS", path, {kSite, "*"}, method))) << path;
    EXPECT_TRUE(IsSilent(AskFrom(kSite, "PUT", path, {kSite}))) << path;
  }
}

}  // namespace
}  // namespace fsft::gateway
