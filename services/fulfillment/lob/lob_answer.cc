#include "services/fulfillment/lob/lob_answer.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "services/fulfillment/lob/lob_letter.h"

namespace fsft::fulfillment {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kLongestRetryAfter{3600};

PrintAnswer ReadAcceptance(const std::string& body) {
  const Json letter = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!letter.is_object()) return Unknown{"printer_answer_unreadable"};
  Accepted accepted{.letter_id = LobText(letter, "id"),
                    .tracking_number = LobText(letter, "tracking_number"),
                    .expected_delivery = LobDate(letter, "expected_delivery_date")};
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
    code = LobText(body["error"], "code");
  return "printer_refused_" + (IsCode(code) ? code : std::to_string(response.status));
}

PrintAnswer ReadFailure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInvalidArgument:  // the API's address, as configured: nothing was sent
      return NotNow{.cause = NotNow::Cause::kUnreachable};
    case absl::StatusCode::kDeadlineExceeded:
      return Unknown{"printer_timeout"};
    default:
      return Unknown{"printer_connection_lost"};
  }
}

// What holds for every call: our key is refused, or we are to slow down. Nothing for other answers.
std::optional<NotNow> ReadObstacle(const http::Response& response) {
  switch (response.status) {
    case 401:
    case 403:
      return NotNow{.cause = NotNow::Cause::kCredentials};
    case 429:
      return NotNow{.cause = NotNow::Cause::kRateLimited, .retry_after = RetryAfter(response)};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::chrono::seconds RetryAfter(const http::Response& response) {
  const std::string_view text = response.Find("Retry-After");
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || seconds < 0) return std::chrono::seconds(0);
  return std::min(std::chrono::seconds(seconds), kLongestRetryAfter);
}

PrintAnswer ReadPrintAnswer(const absl::StatusOr<http::Response>& response) {
  if (!response.ok()) return ReadFailure(response.status());
  const int status = response->status;
  if (status >= 200 && status < 300) return ReadAcceptance(response->body);
  if (const std::optional<NotNow> obstacle = ReadObstacle(*response)) return *obstacle;
  switch (status) {
    // An attempt under the same key is still running, or the request was given up half way.
    case 408:
    case 409:
    case 425:
      return Unknown{"printer_status_" + std::to_string(status)};
  }
  if (status >= 400 && status < 500) return Refused{RefusalReason(*response)};
  return Unknown{"printer_status_" + std::to_string(status)};
}

std::variant<LetterPage, NotNow> ReadLetterPage(const absl::StatusOr<http::Response>& response) {
  if (!response.ok()) return NotNow{};
  if (const std::optional<NotNow> obstacle = ReadObstacle(*response)) return *obstacle;
  if (response->status != 200) return NotNow{};
  const Json list = Json::parse(response->body, nullptr, /*allow_exceptions=*/false);
  if (!list.is_object() || !list.contains("data") || !list["data"].is_array()) return NotNow{};
  LetterPage page;
  for (const Json& letter : list["data"]) {
    if (!letter.is_object() || LobText(letter, "id").empty()) return NotNow{};
    page.letters.push_back(ReadLobLetter(letter));
  }
  // Only the query is taken over: our key goes to the address that was configured and to no other.
  const std::string next_url = LobText(list, "next_url");
  if (const size_t mark = next_url.find('?'); mark != std::string::npos)
    page.next_query = next_url.substr(mark + 1);
  return page;
}

LookAnswer ReadLookAnswer(const absl::StatusOr<http::Response>& response) {
  if (!response.ok()) return NotNow{};
  if (const std::optional<NotNow> obstacle = ReadObstacle(*response)) return *obstacle;
  if (response->status == 404) return Missing{};
  if (response->status != 200) return NotNow{};
  const Json letter = Json::parse(response->body, nullptr, /*allow_exceptions=*/false);
  if (!letter.is_object() || LobText(letter, "id").empty()) return NotNow{};
  return ReadLobLetter(letter);
}

CancelAnswer ReadCancelAnswer(const absl::StatusOr<http::Response>& response) {
  if (!response.ok()) return NotNow{};
  if (const std::optional<NotNow> obstacle = ReadObstacle(*response)) return *obstacle;
  const int status = response->status;
  // 404: an earlier request has deleted it, and its answer was lost.
  if ((status >= 200 && status < 300) || status == 404) return Cancelled{};
  if (status == 408 || status == 409 || status == 425 || status >= 500) return NotNow{};
  return TooLate{};
}

}  // namespace fsft::fulfillment
