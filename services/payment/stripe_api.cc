#include "services/payment/stripe_api.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "shared/logging/logging.h"
#include "shared/rpc/status.h"
#include "shared/work/backoff.h"

namespace fsft::payment {

namespace {

// Pinned: an upgrade of the account must not change what we read.
constexpr char kApiVersion[] = "2026-10-28.endive";

constexpr std::chrono::milliseconds kConnectTimeout{2000};
constexpr std::chrono::milliseconds kCallTimeout{10000};
// With less time left a call would only begin something whose end nobody hears.
constexpr std::chrono::milliseconds kShortestCall{100};
// A page of a hundred events, each with a whole object.
constexpr size_t kLargestAnswer = size_t{8} << 20;

constexpr int kRepeats = 2;
constexpr work::Backoff kPause{.first = std::chrono::milliseconds(200),
                               .cap = std::chrono::milliseconds(1000)};
// Whoever is to wait longer does so without a customer on the line.
constexpr std::chrono::seconds kLongestPauseHere{2};

constexpr std::chrono::seconds kDefaultRetryAfter{2};
constexpr std::chrono::seconds kLongestRetryAfter{60};

// Whether Stripe did its part. A replayed failure is an old one: Stripe itself is there.
bool IsAnswer(const absl::StatusOr<http::Response>& response) {
  if (response.ok()) {
    return response->status < 500 || response->Find("Idempotent-Replayed") == "true";
  }
  return response.status().code() == absl::StatusCode::kResourceExhausted;
}

// Not after a time-out: then there is no time left to wait with.
bool BrokeOff(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnknown ||
         status.code() == absl::StatusCode::kUnavailable;
}

// While the first request under the key is still at work the caller decides how long to wait.
bool AdvisesRepeat(const http::Response& response) {
  return response.status >= 300 && response.status != 409 &&
         response.Find("Stripe-Should-Retry") == "true";
}

// Whether the same request may do better at once, and after which pause.
std::optional<std::chrono::milliseconds> PauseAfter(const absl::StatusOr<http::Response>& response,
                                                    int failures) {
  if (response.ok() ? !AdvisesRepeat(*response) : !BrokeOff(response.status())) return std::nullopt;
  const std::chrono::milliseconds pause = kPause.After(failures);
  if (!response.ok() || response->Find("Retry-After").empty()) return pause;
  const std::chrono::seconds wanted = RetryAfterOf(*response);
  if (wanted > kLongestPauseHere) return std::nullopt;
  return std::max<std::chrono::milliseconds>(pause, wanted);
}

absl::Status NotAsked(std::chrono::seconds retry_after) {
  return rpc::WithRetryAfter(rpc::Error(absl::StatusCode::kUnavailable, "stripe_unavailable",
                                        "the payment provider does not answer and was not asked"),
                             retry_after);
}

}  // namespace

StripeApi::StripeApi(const http::Client& http, CircuitBreaker& breaker, Options options)
    : http_(http), breaker_(breaker), options_(std::move(options)) {}

absl::StatusOr<http::Response> StripeApi::Get(const std::string& path, const Form& query,
                                              rpc::Deadline deadline) const {
  http::Request request;
  request.url = query.empty() ? path : path + "?" + http::FormEncode(query);
  return SendAgain(request, deadline);
}

absl::StatusOr<http::Response> StripeApi::Post(const std::string& path, const Form& form,
                                               std::string_view idempotency_key,
                                               rpc::Deadline deadline) const {
  http::Request request;
  request.method = "POST";
  request.url = path;
  request.headers = {{"Idempotency-Key", std::string(idempotency_key)},
                     {"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = http::FormEncode(form);
  return SendAgain(request, deadline);
}

absl::StatusOr<http::Response> StripeApi::PostOnce(const std::string& path,
                                                   rpc::Deadline deadline) const {
  http::Request request;
  request.method = "POST";
  request.url = path;
  return Send(std::move(request), deadline);
}

absl::StatusOr<http::Response> StripeApi::SendAgain(const http::Request& request,
                                                    rpc::Deadline deadline) const {
  absl::StatusOr<http::Response> response = Send(request, deadline);
  for (int failures = 1; failures <= kRepeats; ++failures) {
    // Refused by the breaker, or without time: that is no news of Stripe.
    if (rpc::DetailOf(response.status()).reason() == "stripe_unavailable") break;
    const std::optional<std::chrono::milliseconds> pause = PauseAfter(response, failures);
    if (!pause || rpc::Remaining(deadline) < *pause + kShortestCall) break;
    std::this_thread::sleep_for(*pause);
    if (options_.repeated) options_.repeated();
    response = Send(request, deadline);
  }
  return response;
}

absl::StatusOr<http::Response> StripeApi::Send(http::Request request,
                                               rpc::Deadline deadline) const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(rpc::Remaining(deadline));
  if (left < kShortestCall) return absl::DeadlineExceededError("no time is left for stripe");
  const CircuitBreaker::Entry entry = breaker_.Enter();
  if (!entry.allowed) return NotAsked(entry.retry_after);
  request.url = options_.base + request.url;
  request.headers.emplace_back("Authorization", "Bearer " + options_.secret_key().Reveal());
  request.headers.emplace_back("Stripe-Version", kApiVersion);
  request.connect_timeout = kConnectTimeout;
  request.total_timeout = std::min(kCallTimeout, left);
  request.max_response_bytes = kLargestAnswer;
  absl::StatusOr<http::Response> response = http_.Send(request);
  breaker_.Leave(entry, IsAnswer(response));
  if (!response.ok()) {
    logging::Warning("stripe not reached", {{"status", response.status().ToString()}});
  }
  return response;
}

std::chrono::seconds RetryAfterOf(const http::Response& response) {
  const std::string_view text = response.Find("Retry-After");
  int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || parsed != end || seconds <= 0) return kDefaultRetryAfter;
  return std::min(std::chrono::seconds(seconds), kLongestRetryAfter);
}

std::chrono::seconds RetryAfterOf(const absl::Status& status) {
  return std::chrono::seconds(rpc::DetailOf(status).retry_after().seconds());
}

absl::Status UnexpectedAnswer(std::string_view what, const http::Response& response) {
  logging::Warning(what, {{"status", response.status}});
  return absl::UnavailableError(absl::StrCat("stripe answered ", response.status));
}

}  // namespace fsft::payment
