#include "gateway/admission.h"

#include <string_view>

namespace fsft::gateway {
namespace {

// "application/json; charset=utf-8" is JSON too; the charset is not looked at, because JSON has
// only one.
bool IsJson(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return http::SameName(type, "application/json");
}

bool IsCompressed(std::string_view encoding) {
  return !encoding.empty() && !http::SameName(encoding, "identity");
}

std::optional<Problem> RefuseJsonBody(const http::Request& request, const http::Framing& framing) {
  if (!IsJson(request.Find("Content-Type"))) {
    return Problem{.status = 415,
                   .code = "unsupported_media_type",
                   .detail = "The body must be of type application/json."};
  }
  if (IsCompressed(request.Find("Content-Encoding"))) {
    return Problem{.status = 415,
                   .code = "unsupported_media_type",
                   .detail = "Compressed request bodies are not accepted."};
  }
  if (!framing.Stated()) {
    return Problem{
        .status = 411, .code = "length_required", .detail = "The request needs a Content-Length."};
  }
  return std::nullopt;
}

}  // namespace

Problem BodyTooLarge(const Route& route) {
  return {.status = 413,
          .code = "body_too_large",
          .detail = "The body may have at most " + std::to_string(route.body.limit) + " bytes."};
}

std::optional<Problem> RefuseBody(const Route& route, const http::Request& request,
                                  const http::Framing& framing) {
  if (route.body.kind == Body::kNone) return std::nullopt;
  if (route.body.kind == Body::kJson) {
    if (auto problem = RefuseJsonBody(request, framing)) return problem;
  }
  if (framing.length.value_or(0) > route.body.limit) return BodyTooLarge(route);
  return std::nullopt;
}

}  // namespace fsft::gateway
