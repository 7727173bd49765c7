#include "gateway/admission.h"

#include <string_view>
#include <utility>

#include "gateway/negotiation.h"

namespace fsft::gateway {
namespace {

// Without its parameters.
std::string_view TypeOf(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type;
}

// "application/json; charset=utf-8" is JSON too; the charset is not looked at, because JSON has
// only one.
bool IsJson(std::string_view content_type) {
  return http::SameName(TypeOf(content_type), "application/json");
}

// What an image may be sent as. Its bytes decide; this only keeps others from being read.
bool IsImageOrForm(std::string_view content_type) {
  const std::string_view type = TypeOf(content_type);
  for (const char* allowed :
       {"image/jpeg", "image/png", "application/octet-stream", "multipart/form-data"}) {
    if (http::SameName(type, allowed)) return true;
  }
  return false;
}

bool IsCompressed(std::string_view encoding) {
  return !encoding.empty() && !http::SameName(encoding, "identity");
}

Problem UnsupportedType(std::string detail) {
  return {.status = 415, .code = "unsupported_media_type", .detail = std::move(detail)};
}

std::optional<Problem> RefuseType(Body kind, std::string_view content_type) {
  if (kind == Body::kJson && !IsJson(content_type))
    return UnsupportedType("The body must be of type application/json.");
  if (kind == Body::kImage && !IsImageOrForm(content_type))
    return UnsupportedType("The body must be a JPEG, a PNG, or a form with one as its file.");
  return std::nullopt;
}

std::optional<Problem> RefuseTypedBody(Body kind, const http::Request& request,
                                       const http::Framing& framing) {
  if (auto problem = RefuseType(kind, request.Find("Content-Type"))) return problem;
  if (IsCompressed(request.Find("Content-Encoding")))
    return UnsupportedType("Compressed request bodies are not accepted.");
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

std::optional<Problem> RefuseAccept(const Route& route, const http::Request& request) {
  if (route.answers.empty() || AcceptsType(request, route.answers)) return std::nullopt;
  return Problem{.status = 406,
                 .code = "not_acceptable",
                 .detail = "The answer is of type " + std::string(route.answers) +
                           ", which the request does not accept."};
}

std::optional<Problem> RefuseBody(const Route& route, const http::Request& request,
                                  const http::Framing& framing) {
  if (route.body.kind == Body::kNone) return std::nullopt;
  if (route.body.kind == Body::kJson || route.body.kind == Body::kImage) {
    if (auto problem = RefuseTypedBody(route.body.kind, request, framing)) return problem;
  }
  if (framing.length.value_or(0) > route.body.limit) return BodyTooLarge(route);
  return std::nullopt;
}

}  // namespace fsft::gateway
