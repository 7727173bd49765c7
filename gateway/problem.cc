#include "gateway/problem.h"

#include <nlohmann/json.hpp>

#include "gateway/http/reason.h"
#include "shared/logging/context.h"

namespace fsft::gateway {
namespace {

using nlohmann::ordered_json;

ordered_json ToJson(const Problem& problem) {
  ordered_json json = {
      // Names the kind of problem; nothing is served there, which RFC 9457 allows.
      {"type", "urn:fightsftickets:problem:" + problem.code},
      {"title", http::ReasonPhrase(problem.status)},
      {"status", problem.status},
      {"detail", problem.detail},
      {"code", problem.code},
      {"request_id", logging::Current().request_id},
  };
  for (const auto& [name, id] : problem.ids) json[name] = id;
  if (!problem.errors.empty()) json["errors"] = ordered_json::array();
  for (const FieldError& error : problem.errors) {
    json["errors"].push_back(
        {{"field", error.field}, {"code", error.code}, {"message", error.message}});
  }
  return json;
}

}  // namespace

http::Response ToResponse(const Problem& problem) {
  // "replace": a stray byte in a message must not turn an error into a worse one.
  http::Response response{
      problem.status, "application/problem+json",
      ToJson(problem).dump(-1, ' ', false, ordered_json::error_handler_t::replace)};
  if (problem.retry_after) {
    response.headers.push_back({"Retry-After", std::to_string(problem.retry_after->count())});
  }
  if (!problem.allow.empty()) response.headers.push_back({"Allow", problem.allow});
  if (problem.status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

}  // namespace fsft::gateway
