#include "services/fulfillment/lob/lob_answer.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace fsft::fulfillment {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kLongestRetryAfter{3600};

std::string Text(const Json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : std::string();
}

// Lob answers a date or a time stamp; anything else is left out rather than stored as a date.
std::string Date(const std::string& text) {
  std::string date = text.substr(0, 10);
  const auto fits = [&](size_t i) {
    return i == 4 || i == 7 ? date[i] == '-' : isdigit(static_cast<unsigned char>(date[i])) != 0;
  };
  for (size_t i = 0; i < 10; ++i) {
    if (i >= date.size() || !fits(i)) return "";
  }
  return date;
}

PrintAnswer ReadAcceptance(const std::string& body) {
  const Json letter = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!letter.is_object()) return Unknown{"printer_answer_unreadable"};
  Accepted accepted{.letter_id = Text(letter, "id"),
                    .tracking_number = Text(letter, "tracking_number"),
                    .expected_delivery = Date(Text(letter, "expected_delivery_date"))};
  if (accepted.letter_id.empty()) return Unknown{"printer_answer_unreadable"};
  return accepted;
}

bool IsCode(const std::string& text) {
  const auto is_code_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= 60 &&
         std::all_of(text.begin(), text.end(), is_code_character);
}

// "printer_refused_invalid": Lob's own code where it is one, the HTTP status otherwise. Its message
// is left out: it may quote the address.
std::string RefusalReason(const http::Response& response) {
  const Json body = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  std::string code;
  if (body.is_object() && body.contains("error") && body["error"].is_object())
    code = Text(body["error"], "code");
  return "printer_refused_" + (IsCode(code) ? code : std::to_string(response.status));
}

std::chrono::seconds RetryAfter(const http::Response& response) {
  const std::string_view text = response.Find("Retry-After");
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || seconds < 0) return std::chrono::seconds(0);
  return std::min(std::chrono::seconds(seconds), kLongestRetryAfter);
}

PrintAnswer ReadFailure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInvalidArgument:  // the API's address, as configured: nothing was sent
      return NotAccepted{.cause = NotAccepted::Cause::kUnreachable};
    case absl::StatusCode::kDeadlineExceeded:
      return Unknown{"printer_timeout"};
    default:
      return Unknown{"printer_connection_lost"};
  }
}

}  // namespace

PrintAnswer ReadLobAnswer(const absl::StatusOr<http::Response>& response) {
  if (!response.ok()) return ReadFailure(response.status());
  const int status = response->status;
  if (status >= 200 && status < 300) return ReadAcceptance(response->body);
  switch (status) {
    case 401:
    case 403:
      return NotAccepted{.cause = NotAccepted::Cause::kCredentials};
    case 429:
      return NotAccepted{.cause = NotAccepted::Cause::kRateLimited,
                         .retry_after = RetryAfter(*response)};
    // An attempt under the same key is still running, or the request was given up half way.
    case 408:
    case 409:
    case 425:
      return Unknown{"printer_status_" + std::to_string(status)};
  }
  if (status >= 400 && status < 500) return Refused{RefusalReason(*response)};
  return Unknown{"printer_status_" + std::to_string(status)};
}

}  // namespace fsft::fulfillment
