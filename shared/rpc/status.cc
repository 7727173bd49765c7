#include "shared/rpc/status.h"

#include <grpcpp/support/status.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "absl/strings/cord.h"

namespace fsft::rpc {
namespace {

constexpr char kDetailUrl[] = "type.googleapis.com/fightsftickets.common.v1.ErrorDetail";
// Marks a message as made for callers. The detail alone does not: WithRetryAfter() may be given the
// error of a failed query.
constexpr char kPublicTextUrl[] = "type.googleapis.com/fightsftickets.PublicText";
constexpr char kInternalReason[] = "internal";

// Abseil's string_view is a type of its own here.
absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string LowerCaseName(absl::StatusCode code) {
  std::string name = absl::StatusCodeToString(code);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  return name;
}

bool IsOurFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

void SetDetail(absl::Status& status, const ErrorDetail& detail) {
  status.SetPayload(kDetailUrl, absl::Cord(detail.SerializeAsString()));
}

}  // namespace

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message) {
  absl::Status status(code, View(message));
  ErrorDetail detail;
  detail.set_reason(std::string(reason));
  SetDetail(status, detail);
  status.SetPayload(kPublicTextUrl, absl::Cord());
  return status;
}

FieldViolation Violation(std::string_view field, std::string_view code, std::string_view message) {
  FieldViolation violation;
  violation.set_field(std::string(field));
  violation.set_code(std::string(code));
  violation.set_message(std::string(message));
  return violation;
}

absl::Status InvalidFields(const std::vector<FieldViolation>& violations) {
  return WithViolations(
      Error(absl::StatusCode::kInvalidArgument, "invalid_fields", "some fields are not right"),
      violations);
}

absl::Status WithViolations(absl::Status status, const std::vector<FieldViolation>& violations) {
  ErrorDetail detail = DetailOf(status);
  detail.mutable_field_violations()->Add(violations.begin(), violations.end());
  SetDetail(status, detail);
  return status;
}

absl::Status WithIds(absl::Status status,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> ids) {
  ErrorDetail detail = DetailOf(status);
  for (const auto& [name, id] : ids) (*detail.mutable_ids())[std::string(name)] = std::string(id);
  SetDetail(status, detail);
  return status;
}

absl::Status WithRetryAfter(absl::Status status, std::chrono::seconds wait) {
  ErrorDetail detail = DetailOf(status);
  detail.mutable_retry_after()->set_seconds(wait.count());
  SetDetail(status, detail);
  return status;
}

ErrorDetail DetailOf(const absl::Status& status) {
  ErrorDetail detail;
  const absl::optional<absl::Cord> payload = status.GetPayload(kDetailUrl);
  if (payload && detail.ParseFromString(std::string(*payload))) return detail;
  detail.Clear();
  detail.set_reason(IsOurFault(status.code()) ? kInternalReason : LowerCaseName(status.code()));
  return detail;
}

bool IsForCallers(const absl::Status& status) {
  return status.GetPayload(kPublicTextUrl).has_value() && !IsOurFault(status.code());
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // The detail of a fault of ours may be an inner call's and name what this caller has no business
  // to know.
  const ErrorDetail detail =
      DetailOf(IsOurFault(status.code()) ? absl::Status(status.code(), "") : status);
  const std::string text =
      IsForCallers(status) ? std::string(status.message()) : detail.reason() + " error";
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), text,
                      detail.SerializeAsString());
}

absl::Status FromGrpc(const grpc::Status& grpc_status) {
  if (grpc_status.ok()) return absl::OkStatus();
  absl::Status status(static_cast<absl::StatusCode>(grpc_status.error_code()),
                      grpc_status.error_message());
  ErrorDetail detail;
  if (!grpc_status.error_details().empty() && detail.ParseFromString(grpc_status.error_details())) {
    // Another of our services has already held back what is not for callers.
    SetDetail(status, detail);
    status.SetPayload(kPublicTextUrl, absl::Cord());
  }
  return status;
}

}  // namespace fsft::rpc
