#include "services/payment/stripe_answer.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

using nlohmann::json;

constexpr std::chrono::seconds kDefaultPause{2};
constexpr std::chrono::seconds kLongestPause{60};

std::string Text(const json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : "";
}

std::optional<StripeSession> SessionFrom(const json& object) {
  StripeSession session{.id = Text(object, "id"),
                        .url = Text(object, "url"),
                        .status = Text(object, "status"),
                        .client_reference_id = Text(object, "client_reference_id")};
  if (session.id.empty() || session.status.empty()) return std::nullopt;
  return session;
}

absl::Status Unreadable() { return absl::UnavailableError("stripe's answer cannot be read"); }

// What the status says; where it does not say, Stripe's own advice counts.
CreateVerdict VerdictOf(const http::Response& response) {
  if (response.status / 100 == 2) return CreateVerdict::kSession;
  if (response.status == 409) return CreateVerdict::kInFlight;
  if (response.status == 429) return CreateVerdict::kSlowDown;
  if (response.status >= 500) {
    return response.Find("Idempotent-Replayed") == "true" ? CreateVerdict::kStoredFailure
                                                          : CreateVerdict::kUnknown;
  }
  return response.Find("Stripe-Should-Retry") == "true" ? CreateVerdict::kUnknown
                                                        : CreateVerdict::kRefused;
}

std::chrono::seconds RetryAfter(const http::Response& response) {
  const std::string_view text = response.Find("Retry-After");
  int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || parsed != end || seconds <= 0) return kDefaultPause;
  return std::min(std::chrono::seconds(seconds), kLongestPause);
}

void LogFailure(const http::Response& response, CreateVerdict verdict) {
  const json body = json::parse(response.body, nullptr, false);
  const json error = body.is_object() ? body.value("error", json::object()) : json::object();
  // A refusal does not go away by itself: somebody has to look at it.
  const auto level =
      verdict == CreateVerdict::kRefused ? logging::Level::kError : logging::Level::kWarning;
  logging::Write(level, "stripe opened no session",
                 {{"status", response.status},
                  {"replayed", verdict == CreateVerdict::kStoredFailure},
                  {"type", Text(error, "type")},
                  {"code", Text(error, "code")},
                  {"param", Text(error, "param")}});
}

int Rank(const StripeSession& session) {
  if (session.status == "complete") return 2;
  return session.status == "open" ? 1 : 0;
}

}  // namespace

CreateAnswer ReadCreateAnswer(const http::Response& response) {
  CreateAnswer answer{.verdict = VerdictOf(response)};
  if (answer.verdict != CreateVerdict::kSession) {
    LogFailure(response, answer.verdict);
    if (answer.verdict == CreateVerdict::kSlowDown) answer.retry_after = RetryAfter(response);
    return answer;
  }
  absl::StatusOr<StripeSession> session = ReadSession(response.body);
  if (!session.ok() || session->url.empty()) {
    logging::Error("stripe answered with no session", {{"status", response.status}});
    return {.verdict = CreateVerdict::kUnknown};
  }
  answer.session = *std::move(session);
  return answer;
}

absl::StatusOr<StripeSession> ReadSession(const std::string& body) {
  std::optional<StripeSession> session = SessionFrom(json::parse(body, nullptr, false));
  if (!session) return Unreadable();
  return *std::move(session);
}

absl::StatusOr<SessionPage> ReadSessionPage(const std::string& body) {
  const json list = json::parse(body, nullptr, false);
  if (!list.is_object() || !list.contains("data") || !list["data"].is_array() ||
      !list.contains("has_more") || !list["has_more"].is_boolean()) {
    return Unreadable();
  }
  SessionPage page{.has_more = list["has_more"].get<bool>()};
  for (const json& object : list["data"]) {
    std::optional<StripeSession> session = SessionFrom(object);
    if (!session) return Unreadable();
    page.sessions.push_back(*std::move(session));
  }
  // There would be no next page to ask for, and a miss would be taken for a proof.
  if (page.has_more && page.sessions.empty()) return Unreadable();
  return page;
}

std::optional<StripeSession> SessionOf(const std::string& payment_id,
                                       const std::vector<StripeSession>& sessions) {
  std::optional<StripeSession> found;
  for (const StripeSession& session : sessions) {
    if (session.client_reference_id != payment_id) continue;
    if (!found || Rank(session) > Rank(*found)) found = session;
  }
  return found;
}

}  // namespace fsft::payment
