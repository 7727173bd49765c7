// gateway/openapi.yaml and the route table say the same, both ways. What the answers look like is
// held against the running suite in tests/e2e/test_openapi.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/pages.h"
#include "gateway/router.h"
#include "gateway/routes.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

// Method and path.
using Name = std::pair<std::string, std::string>;

std::string_view FileNamed(std::string_view name) {
  for (const WebFile& file : WebFiles()) {
    if (file.name == name) return file.content;
  }
  return {};
}

const json& Description() {
  static const json description = json::parse(FileNamed("openapi.json"));
  return description;
}

// What a $ref refers to.
const json& Found(const json& node) {
  const auto reference = node.find("$ref");
  if (reference == node.end()) return node;
  const std::string pointer = reference->get<std::string>().substr(1);
  return Found(Description().at(json::json_pointer(pointer)));
}

// "Get" and "get" are the method GET; other keys of a path are none.
std::string MethodOf(const std::string& key) {
  static const std::map<std::string, std::string> methods = {
      {"get", "GET"}, {"post", "POST"}, {"patch", "PATCH"}, {"put", "PUT"}, {"delete", "DELETE"}};
  const auto found = methods.find(key);
  return found == methods.end() ? "" : found->second;
}

std::map<Name, json> DescribedOperations() {
  std::map<Name, json> operations;
  for (const auto& [path, item] : Description().at("paths").items()) {
    for (const auto& [key, operation] : Found(item).items()) {
      if (MethodOf(key).empty()) continue;
      json whole = operation;
      whole["path_parameters"] = Found(item).value("parameters", json::array());
      operations.emplace(Name(MethodOf(key), path), std::move(whole));
    }
  }
  return operations;
}

// The operation of a route, which the first test has seen to be there.
json OperationOf(const Route& route) {
  const auto operations = DescribedOperations();
  const auto found = operations.find({std::string(route.method), std::string(route.pattern)});
  return found == operations.end() ? json::object() : found->second;
}

std::string PrintedOf(const Route& route) {
  return std::string(route.method) + " " + std::string(route.pattern);
}

std::set<std::string> KeysOf(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

TEST(OpenApi, DescribesEveryRouteAndItsAliasAndNothingElse) {
  std::set<Name> routes;
  for (const Route& route : Routes()) {
    routes.emplace(route.method, route.pattern);
    if (!AliasOf(route).empty()) routes.emplace(route.method, AliasOf(route));
  }
  std::set<Name> described;
  for (const auto& [name, operation] : DescribedOperations()) described.insert(name);
  EXPECT_EQ(described, routes);
}

const char* NameOf(Scope scope) {
  switch (scope) {
    case Scope::kRead:
      return "read";
    case Scope::kRetry:
      return "retry";
    case Scope::kRefund:
      return "refund";
    case Scope::kErase:
      return "erase";
    case Scope::kResend:
      return "resend";
  }
  return "";
}

// Webhooks are open to whoever can sign.
json SecurityOf(const Route& route) {
  const json customer = {{"customerToken", json::array()}};
  const json an_operator = {{"operatorToken", {NameOf(route.access.scope)}}};
  switch (route.access.auth) {
    case Auth::kOpen:
      if (route.pattern == "/api/webhook/stripe") {
        return json::array({{{"stripeSignature", json::array()}}});
      }
      if (route.pattern == "/api/webhook/lob") {
        return json::array({{{"lobSignature", json::array()}, {"lobTimestamp", json::array()}}});
      }
      return json::array();
    case Auth::kCustomerOptional:
      return json::array({json::object(), customer});
    case Auth::kCustomer:
      return json::array({customer});
    case Auth::kOperatorOptional:
      return json::array({json::object(), an_operator});
    case Auth::kOperator:
      return json::array({an_operator});
  }
  return nullptr;
}

TEST(OpenApi, SaysWhoMayCall) {
  for (const Route& route : Routes()) {
    EXPECT_EQ(OperationOf(route).value("security", json()), SecurityOf(route)) << PrintedOf(route);
  }
}

TEST(OpenApi, SaysWhatBodyIsTaken) {
  for (const Route& route : Routes()) {
    SCOPED_TRACE(PrintedOf(route));
    const json operation = OperationOf(route);
    ASSERT_EQ(operation.contains("requestBody"), route.body.kind != Body::kNone);
    if (route.body.kind == Body::kNone) continue;
    const json& body = Found(operation["requestBody"]);
    EXPECT_EQ(body.value("x-max-bytes", size_t{0}), route.body.limit);
    EXPECT_EQ(body.value("required", false), route.body.kind != Body::kIgnored);
    const std::set<std::string> types = KeysOf(body.at("content"));
    if (route.body.kind == Body::kIgnored) {
      EXPECT_THAT(types, ElementsAre("*/*"));
    } else if (route.body.kind == Body::kImage) {
      EXPECT_THAT(types, UnorderedElementsAre("image/jpeg", "image/png", "multipart/form-data",
                                              "application/octet-stream"));
    } else {
      EXPECT_THAT(types, ElementsAre("application/json"));
    }
  }
}

// What every request to such a route may be answered, whatever its handler does.
std::set<std::string> AnswersImplied(const Route& route) {
  std::set<std::string> answers;
  if (route.access.auth != Auth::kOpen) answers.insert("401");
  if (route.access.auth == Auth::kOperator || route.access.auth == Auth::kOperatorOptional) {
    answers.insert({"403", "503"});
  }
  if (route.work.gate != Gate::kNone) answers.insert("503");
  if (route.body.kind != Body::kNone) answers.insert("413");
  if (!route.answers.empty()) answers.insert("406");
  if (route.work.per_minute > 0) answers.insert("429");
  if (route.body.kind == Body::kJson || route.body.kind == Body::kImage) {
    answers.insert({"400", "411", "415", "422"});
  }
  return answers;
}

TEST(OpenApi, SaysWhatAnyRequestMayBeAnswered) {
  for (const Route& route : Routes()) {
    EXPECT_THAT(KeysOf(OperationOf(route).at("responses")), IsSupersetOf(AnswersImplied(route)))
        << PrintedOf(route);
  }
}

TEST(OpenApi, SaysHowOftenAClientMayAsk) {
  for (const Route& route : Routes()) {
    const json operation = OperationOf(route);
    EXPECT_EQ(operation.value("x-requests-per-minute", 0), route.work.per_minute)
        << PrintedOf(route);
    EXPECT_EQ(operation.at("responses").contains("429"), route.work.per_minute > 0)
        << PrintedOf(route);
  }
}

TEST(OpenApi, SaysWhatTypeTheAnswersAreOf) {
  for (const Route& route : Routes()) {
    const json operation = OperationOf(route);
    EXPECT_EQ(operation.at("responses").contains("406"), !route.answers.empty())
        << PrintedOf(route);
    for (const auto& [status, listed] : operation.at("responses").items()) {
      if (route.answers.empty() || !status.starts_with("2")) continue;
      EXPECT_THAT(KeysOf(Found(listed).at("content")), ElementsAre(std::string(route.answers)))
          << PrintedOf(route);
    }
  }
}

TEST(OpenApi, SaysWhatTheParametersOfAPathAre) {
  for (const Route& route : Routes()) {
    std::string path(route.pattern);
    const json operation = OperationOf(route);
    for (const json& listed : operation.at("path_parameters")) {
      const json& parameter = Found(listed);
      const std::string name = "{" + parameter.at("name").get<std::string>() + "}";
      const size_t at = path.find(name);
      ASSERT_NE(at, std::string::npos) << PrintedOf(route) << " has no " << name;
      path.erase(at, name.size());
    }
    EXPECT_EQ(path.find('{'), std::string::npos) << PrintedOf(route);
  }
}

TEST(OpenApi, ThePageNamesEveryOperationAndNeedsNoScriptAndNothingFromElsewhere) {
  const std::string page(FileNamed("docs.html"));
  for (const auto& [name, operation] : DescribedOperations()) {
    const std::string anchor = "id=\"" + operation.at("operationId").get<std::string>() + "\"";
    EXPECT_NE(page.find(anchor), std::string::npos) << name.second;
  }
  for (const char* forbidden : {"<script", "<style", "style=", "src=", "href=\"http"}) {
    EXPECT_EQ(page.find(forbidden), std::string::npos) << forbidden;
  }
}

}  // namespace
}  // namespace fsft::gateway
