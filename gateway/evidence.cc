// Photographs for an appeal.
#include <optional>
#include <utility>

#include "gateway/changing.h"
#include "gateway/exhibit_json.h"
#include "gateway/handlers.h"
#include "gateway/http/multipart.h"
#include "gateway/idempotency_key.h"
#include "gateway/json_response.h"
#include "shared/crypto/digest.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

struct Upload {
  std::string_view image;
  std::string_view caption = {};
};

// The fields "file" and, where there is one, "caption".
std::optional<Upload> ReadForm(std::string_view body, std::string_view boundary) {
  const auto parts = http::ReadMultipart(body, boundary);
  if (!parts) return std::nullopt;
  Upload upload;
  for (const http::Part& part : *parts) {
    if (part.name == "file") upload.image = part.content;
    if (part.name == "caption") upload.caption = part.content;
  }
  return upload;
}

// A body that is no form is the image itself. Its caption comes percent-encoded in a header, as
// which the server has decoded it; not in the address, which proxies log.
absl::StatusOr<Upload> ReadUpload(const http::Request& request) {
  const std::string_view type = request.Find("Content-Type");
  if (!http::IsMultipart(type))
    return Upload{.image = request.body, .caption = request.Find("X-Caption")};
  const auto boundary = http::MultipartBoundary(type);
  const auto upload = boundary ? ReadForm(request.body, *boundary) : std::nullopt;
  if (!upload) {
    return rpc::Error(absl::StatusCode::kInvalidArgument, "malformed_form",
                      "The body is not the form that its Content-Type announces.");
  }
  return *upload;
}

bool IsUtf8(std::string_view text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

// Of what was sent and not of how: a browser chooses another boundary each time.
std::string DigestOf(const Upload& upload) {
  return crypto::Sha256(crypto::Sha256(upload.image) + std::string(upload.caption));
}

}  // namespace

absl::StatusOr<http::Response> AddEvidence(const Services& services, const Call& call) {
  absl::StatusOr<std::string> key = IdempotencyKeyOf(call.request);
  if (!key.ok()) return key.status();
  const absl::StatusOr<Upload> upload = ReadUpload(call.request);
  if (!upload.ok()) return upload.status();
  if (!IsUtf8(upload->caption)) {
    return rpc::InvalidFields(
        {rpc::Violation("caption", "invalid_characters", "must be valid UTF-8")});
  }
  intake::AddExhibitRequest request;
  request.mutable_request_key()->set_idempotency_key(*std::move(key));
  request.mutable_request_key()->set_request_digest(DigestOf(*upload));
  request.set_intake_id(std::string(call.parameter));
  request.set_access_token(std::string(call.access_token));
  request.set_image(upload->image.data(), upload->image.size());
  request.set_caption(std::string(upload->caption));
  const auto added = Change(services, call, std::move(request), &Backend::AddExhibit);
  if (!added.ok()) return added.status();
  return JsonResponse(ExhibitJson(added->exhibit()), 201);
}

absl::StatusOr<http::Response> RemoveEvidence(const Services& services, const Call& call) {
  intake::RemoveExhibitRequest request;
  request.set_intake_id(std::string(call.parameter));
  request.set_access_token(std::string(call.access_token));
  request.set_exhibit_id(std::string(call.second_parameter));
  const auto removed = Change(services, call, std::move(request), &Backend::RemoveExhibit);
  if (!removed.ok()) return removed.status();
  return JsonResponse({{"evidence", EvidenceJson(removed->exhibits())}});
}

}  // namespace fsft::gateway
