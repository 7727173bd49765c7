#include "gateway/cors.h"

#include <algorithm>
#include <utility>

namespace fsft::gateway {
namespace {

// What a frontend may send beyond what browsers allow by themselves.
constexpr char kRequestHeaders[] =
    "Authorization, Content-Type, Idempotency-Key, X-Caption, X-Request-ID, traceparent";
// What a page may read beyond what browsers allow by themselves.
constexpr char kAnswerHeaders[] = "Retry-After, X-Request-ID";
// For how long a browser need not ask again. An origin that is taken off the list is refused at
// once all the same: the answer itself says so.
constexpr char kPreflightSeconds[] = "3600";

}  // namespace

Cors::Cors(std::vector<std::string> origins)
    : origins_(std::move(origins)), any_(std::ranges::count(origins_, "*") > 0) {}

bool Cors::Allows(std::string_view origin) const {
  // Browsers write it in lower case; an operator may not.
  return any_ || (!origin.empty() && std::ranges::any_of(origins_, [&](const std::string& allowed) {
           return http::SameName(allowed, origin);
         }));
}

void Cors::AddTo(const http::Request& request, http::Response& response) const {
  if (origins_.empty()) return;
  const std::string_view origin = request.Find("Origin");
  // A cache may keep it for whoever comes next, so the same for all, also for who is no page.
  if (!any_) response.Vary("Origin");
  if (!Allows(origin)) return;
  response.headers.push_back({"Access-Control-Allow-Origin", any_ ? "*" : std::string(origin)});
  response.headers.push_back({"Access-Control-Expose-Headers", kAnswerHeaders});
}

void Cors::AddPreflight(const http::Request& request, std::string_view methods,
                        http::Response& response) const {
  if (!Allows(request.Find("Origin"))) return;
  response.headers.push_back({"Access-Control-Allow-Methods", std::string(methods)});
  response.headers.push_back({"Access-Control-Allow-Headers", kRequestHeaders});
  response.headers.push_back({"Access-Control-Max-Age", kPreflightSeconds});
}

}  // namespace fsft::gateway
