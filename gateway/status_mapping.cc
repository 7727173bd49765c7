#include "gateway/status_mapping.h"

#include <algorithm>
#include <array>

#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

constexpr std::chrono::seconds kDefaultRetryAfter{2};

// The request could not be read at all: nothing in it to correct field by field.
bool IsUnreadable(std::string_view reason) {
  constexpr std::array<std::string_view, 5> kReasons = {"malformed_json", "malformed_form",
                                                        "invalid_session_id", "invalid_signature",
                                                        "malformed_event"};
  return std::find(kReasons.begin(), kReasons.end(), reason) != kReasons.end();
}

// Whether by silence or by a refusal: the order is stored, only Stripe's part of it is missing.
bool IsStripesFailure(std::string_view reason) {
  return reason == "stripe_unavailable" || reason == "stripe_refused";
}

int HttpStatus(absl::StatusCode code, std::string_view reason) {
  if (IsStripesFailure(reason)) return 502;
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      if (reason == "unsupported_media_type") return 415;
      return IsUnreadable(reason) ? 400 : 422;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
      return 409;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
      return 503;
    default:
      return 500;
  }
}

// For errors that bring no sentence of their own.
const char* DefaultDetail(int status) {
  switch (status) {
    case 400:
      return "The request could not be read.";
    case 401:
      return "The access token is missing, wrong or expired.";
    case 404:
      return "There is nothing at this address.";
    case 409:
      return "The order is not in a state that allows this.";
    case 415:
      return "This type of content is not accepted.";
    case 422:
      return "The request was refused.";
    case 502:
      return "The payment provider failed. The order is kept; the same request continues it.";
    case 503:
      return "The service cannot answer right now. Please try again shortly.";
    default:
      return "Something went wrong on our side. Please try again later.";
  }
}

// Existing frontends show only `detail`, so it must name the mistakes by itself.
std::string Summary(const rpc::ErrorDetail& detail) {
  std::string text;
  for (const rpc::FieldViolation& violation : detail.field_violations()) {
    if (!text.empty()) text += ' ';
    text += violation.field() + ": " + violation.message();
  }
  return text;
}

// A service's sentence is for what the client can correct. Of what it cannot, services speak in
// terms of their own.
std::string DetailText(const absl::Status& status, const rpc::ErrorDetail& detail,
                       int http_status) {
  if (http_status >= 500) return DefaultDetail(http_status);
  if (detail.field_violations_size() > 0) return Summary(detail);
  return status.message().empty() ? DefaultDetail(http_status) : std::string(status.message());
}

std::optional<std::chrono::seconds> RetryAfter(const rpc::ErrorDetail& detail, int http_status) {
  if (detail.has_retry_after()) {
    // Rounded up, and never 0: Retry-After counts whole seconds, and 0 would invite a hammering.
    const auto& wait = detail.retry_after();
    return std::chrono::seconds(std::max<int64_t>(1, wait.seconds() + (wait.nanos() > 0 ? 1 : 0)));
  }
  return http_status == 503 ? std::optional(kDefaultRetryAfter) : std::nullopt;
}

}  // namespace

Problem ToProblem(const absl::Status& status) {
  const rpc::ErrorDetail detail = rpc::DetailOf(status);
  int http_status = HttpStatus(status.code(), detail.reason());
  // A client error that nobody worded for a client is one of ours: a library's refusal of what we
  // sent.
  if (http_status < 500 && !rpc::IsForCallers(status)) http_status = 500;

  Problem problem{.status = http_status,
                  .code = http_status == 500 ? "internal" : detail.reason(),
                  .detail = DetailText(status, detail, http_status)};
  if (http_status == 500) return problem;
  problem.retry_after = RetryAfter(detail, http_status);
  for (const auto& violation : detail.field_violations()) {
    problem.errors.push_back({violation.field(), violation.code(), violation.message()});
  }
  problem.ids.assign(detail.ids().begin(), detail.ids().end());
  // A protobuf map has no order; an answer should.
  std::sort(problem.ids.begin(), problem.ids.end());
  return problem;
}

}  // namespace fsft::gateway
