#include "gateway/pages.h"

#include "gateway/handlers.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

// Everything comes from here, nothing from elsewhere, and no page may show ours inside its own.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

// Which file a path shows; assets are named by their own.
std::string_view FileOf(const Call& call) {
  if (!call.parameter.empty()) return call.parameter;
  if (call.request.path == "/success") return "success.html";
  if (call.request.path == "/cancelled") return "cancelled.html";
  if (call.request.path == "/docs") return "docs.html";
  if (call.request.path == "/openapi.json") return "openapi.json";
  return "index.html";
}

std::string_view TypeOf(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".json")) return "application/json";
  return "image/svg+xml";
}

}  // namespace

absl::StatusOr<http::Response> ServePage(const Services&, const Call& call) {
  const std::string_view name = FileOf(call);
  for (const WebFile& file : WebFiles()) {
    if (file.name != name) continue;
    return http::Response{200,
                          std::string(TypeOf(name)),
                          std::string(file.content),
                          {{"Content-Security-Policy", std::string(kPolicy)},
                           {"Cache-Control", "public, max-age=300"}}};
  }
  return rpc::Error(absl::StatusCode::kNotFound, "not_found", "There is nothing at this address.");
}

}  // namespace fsft::gateway
