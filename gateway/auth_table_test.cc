// Who gets through which route, for every line of the route table.
#include <gmock/gmock.h>

#include "gateway/operator_fixture.h"
#include "shared/logging/logging.h"

namespace fsft::gateway {
namespace {

using testing::HasSubstr;

struct Holder {
  const char* name;
  Scope scope;
};
// Of OperatorTest: each may do one thing.
constexpr Holder kHolders[] = {{"reader", Scope::kRead},
                               {"retrier", Scope::kRetry},
                               {"refunder", Scope::kRefund},
                               {"eraser", Scope::kErase},
                               {"resender", Scope::kResend}};

// An address of the route.
std::string PathOf(const Route& route) {
  std::string path(route.pattern);
  for (size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
    path.replace(at, path.find('}') - at + 1, kPaymentId);
  }
  return path;
}

bool IsForOperators(const Route& route) { return route.access.auth == Auth::kOperator; }

class AuthTableTest : public OperatorTest {
 protected:
  void SetUp() override {
    OperatorTest::SetUp();
    logging::Init("gateway", logging::Level::kInfo);
  }
  // With a body where the route wants one, so that nothing but the token is judged first.
  http::Response Try(const Route& route, const std::string& token) {
    const bool json = route.body.kind == Body::kJson;
    return AskAs(token, std::string(route.method), PathOf(route), json ? "{}" : "");
  }
  static std::string Code(const http::Response& response) {
    const nlohmann::json body = Json(response);
    return body.is_object() ? body.value("code", "") : "";
  }
};

TEST_F(AuthTableTest, EveryAdminRouteIsForOperators) {
  int count = 0;
  for (const Route& route : Routes()) {
    if (!route.pattern.starts_with("/api/admin/")) continue;
    EXPECT_TRUE(IsForOperators(route)) << route.pattern;
    ++count;
  }
  EXPECT_GT(count, 15);
}

TEST_F(AuthTableTest, WithoutATokenNoOperatorRouteIsReached) {
  for (const Route& route : Routes()) {
    if (!IsForOperators(route)) continue;
    const http::Response response = Try(route, "");
    EXPECT_EQ(response.status, 401) << route.pattern;
    EXPECT_EQ(Code(response), "token_required") << route.pattern;
    EXPECT_EQ(Header(response, "WWW-Authenticate"), "Bearer") << route.pattern;
  }
}

TEST_F(AuthTableTest, AWrongTokenIsRefusedAlsoWhereNoneIsNeeded) {
  for (const Route& route : Routes()) {
    // Customers' tokens are judged by intake.
    if (!IsForOperators(route) && route.access.auth != Auth::kOperatorOptional) continue;
    for (const char* token : {"nobody", "Reader", "reader ", "readerreader"}) {
      const http::Response response = Try(route, token);
      EXPECT_EQ(response.status, 401) << route.pattern;
      EXPECT_EQ(Code(response), "invalid_token") << route.pattern;
    }
  }
}

TEST_F(AuthTableTest, ATokenOpensExactlyTheRoutesOfItsScope) {
  for (const Route& route : Routes()) {
    if (!IsForOperators(route) && route.access.auth != Auth::kOperatorOptional) continue;
    for (const Holder& holder : kHolders) {
      const http::Response response = Try(route, holder.name);
      if (holder.scope == route.access.scope) {
        EXPECT_NE(response.status, 401) << route.pattern << " as " << holder.name;
        EXPECT_NE(response.status, 403) << route.pattern << " as " << holder.name;
      } else {
        EXPECT_EQ(response.status, 403) << route.pattern << " as " << holder.name;
        EXPECT_EQ(Code(response), "scope_missing") << route.pattern << " as " << holder.name;
      }
    }
  }
}

TEST_F(AuthTableTest, EveryCallIsLoggedWithTheOperatorsNameAlsoWhenItIsRefused) {
  for (const Route& route : Routes()) {
    if (!IsForOperators(route)) continue;
    for (const Holder& holder : kHolders) {
      testing::internal::CaptureStderr();
      const int status = Try(route, holder.name).status;
      const std::string log = testing::internal::GetCapturedStderr();
      EXPECT_THAT(log, HasSubstr("\"operator\":\"" + std::string(holder.name) + "\""))
          << status << " of " << route.pattern;
      EXPECT_THAT(log, HasSubstr("\"route\":\"" + std::string(route.pattern) + "\""));
    }
  }
}

TEST_F(AuthTableTest, WithoutConfiguredTokensEveryOperatorRouteIsClosed) {
  for (const Route& route : Routes()) {
    if (!IsForOperators(route)) continue;
    for (const char* token : {"", "reader"}) {
      std::vector<http::Header> headers;
      if (*token != '\0') headers.push_back(Bearer(token));
      const bool json = route.body.kind == Body::kJson;
      if (json) headers.push_back({"Content-Type", "application/json"});
      const http::Response response =
          Ask(std::string(route.method), PathOf(route), std::move(headers), json ? "{}" : "");
      EXPECT_EQ(response.status, 503) << route.pattern;
      EXPECT_EQ(Code(response), "operator_access_not_configured") << route.pattern;
      EXPECT_EQ(Header(response, "Retry-After"), "60") << route.pattern;
    }
  }
}

TEST_F(AuthTableTest, CustomersRoutesNeedATokenAndKeepItForIntake) {
  int count = 0;
  for (const Route& route : Routes()) {
    if (route.access.auth != Auth::kCustomer) continue;
    const http::Response response = Try(route, "");
    EXPECT_EQ(response.status, 401) << route.pattern;
    EXPECT_EQ(Code(response), "token_required") << route.pattern;
    ++count;
  }
  EXPECT_GT(count, 4);
}

TEST_F(AuthTableTest, OpenRoutesDoNotLookAtTokens) {
  for (const Route& route : Routes()) {
    if (route.access.auth != Auth::kOpen) continue;
    EXPECT_NE(Try(route, "nobody").status, 401) << route.pattern;
  }
}

}  // namespace
}  // namespace fsft::gateway
