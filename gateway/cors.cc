#include "gateway/cors.h"

#include <algorithm>

namespace fsft::gateway {
namespace {

// What a frontend may send beyond what browsers allow by themselves.
constexpr char kRequestHeaders[] =
    "Authorization, Content-Type, Idempotency-Key, X-Caption, X-Request-ID, traceparent";
// What a page may read beyond what browsers allow by themselves.
constexpr char kAnswerHeaders[] = "Retry-After, X-Request-ID";
// For how long a browser need not ask again. An origin that is taken off the list is refused at once
// all the same: the answer itself says so.
constexpr char kPreflightSeconds[] = "3600";

}  // namespace

std::string_view Cors::AllowedOrigin(std::string_view origin) const {
  for (const std::string& allowed : origins_) {
    if (allowed == "*") return "*";
    // Browsers write it in lower case; an operator may not.
    if (http::SameName(allowed, origin)) return origin;
  }
  return {};
}

void Cors::AddTo(const http::Request& request, http::Response& response) const {
  if (origins_.empty()) return;
  if (std::ranges::count(origins_, "*") == 0) response.Vary("Origin");
  const std::string_view origin = request.Find("Origin");
  if (origin.empty()) return;
  const std::string_view allowed = AllowedOrigin(origin);
  if (allowed.empty()) return;
  response.headers.push_back({"Access-Control-Allow-Origin", std::string(allowed)});
  response.headers.push_back({"Access-Control-Expose-Headers", kAnswerHeaders});
}

void Cors::AddPreflight(const http::Request& request, std::string_view methods,
                        http::Response& response) const {
  if (AllowedOrigin(request.Find("Origin")).empty()) return;
  response.headers.push_back({"Access-Control-Allow-Methods", std::string(methods)});
  response.headers.push_back({"Access-Control-Allow-Headers", kRequestHeaders});
  response.headers.push_back({"Access-Control-Max-Age", kPreflightSeconds});
}

}  // namespace fsft::gateway
