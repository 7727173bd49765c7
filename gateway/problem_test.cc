#include "gateway/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "shared/logging/context.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

TEST(Problem, CarriesEveryMemberThatClientsRead) {
  const logging::ScopedContext context({.request_id = "r-1", .traceparent = ""});
  const http::Response response =
      ToResponse({.status = 422,
                  .code = "validation_failed",
                  .detail = "Please correct the marked field.",
                  .errors = {{"user_zip", "invalid", "Must be a ZIP code."}}});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      json::parse(response.body),
      (json{{"type", "urn:fightsftickets:problem:validation_failed"},
            {"title", "Unprocessable Content"},
            {"status", 422},
            {"detail", "Please correct the marked field."},
            {"code", "validation_failed"},
            {"request_id", "r-1"},
            {"errors",
             {{{"field", "user_zip"}, {"code", "invalid"}, {"message", "Must be a ZIP code."}}}}}));
}

TEST(Problem, IdsStandInTheBodySoThatTheClientCanGoOn) {
  const http::Response response = ToResponse({.status = 502,
                                              .code = "stripe_unavailable",
                                              .detail = "Try again.",
                                              .ids = {{"payment_id", "p"}}});
  EXPECT_EQ(json::parse(response.body)["payment_id"], "p");
}

TEST(Problem, HeadersFollowTheStatus) {
  using testing::ElementsAre;
  using testing::Field;
  const auto header = [](const char* name, const char* value) {
    return testing::AllOf(Field(&http::Header::name, name), Field(&http::Header::value, value));
  };
  EXPECT_THAT(ToResponse({.status = 401, .code = "c", .detail = "d"}).headers,
              ElementsAre(header("WWW-Authenticate", "Bearer")));
  EXPECT_THAT(ToResponse({.status = 405, .code = "c", .detail = "d", .allow = "GET, HEAD"}).headers,
              ElementsAre(header("Allow", "GET, HEAD")));
  EXPECT_THAT(
      ToResponse(
          {.status = 503, .code = "c", .detail = "d", .retry_after = std::chrono::seconds(2)})
          .headers,
      ElementsAre(header("Retry-After", "2")));
}

TEST(Problem, InvalidUtf8InATextDoesNotBreakTheAnswer) {
  const http::Response response = ToResponse({.status = 400, .code = "c", .detail = "\xff"});
  EXPECT_EQ(json::parse(response.body)["status"], 400);
}

}  // namespace
}  // namespace fsft::gateway
