#include "services/fulfillment/address/verification.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "services/fulfillment/address/local_rules.h"
#include "services/fulfillment/lob/lob_answer.h"
#include "services/fulfillment/lob/lob_letter.h"

namespace fsft::fulfillment {
namespace {

using Json = nlohmann::json;

constexpr std::pair<std::string_view, Deliverability> kWords[] = {
    {"deliverable", Deliverability::kDeliverable},
    {"deliverable_unnecessary_unit", Deliverability::kUnnecessaryUnit},
    {"deliverable_incorrect_unit", Deliverability::kIncorrectUnit},
    {"deliverable_missing_unit", Deliverability::kMissingUnit},
    {"undeliverable", Deliverability::kUndeliverable},
};

// A word that is not known says nothing: no order is refused for it.
Deliverability DeliverabilityOf(std::string_view word) {
  for (const auto& [known, deliverability] : kWords) {
    if (known == word) return deliverability;
  }
  return Deliverability::kNotSaid;
}

// Puerto Rico's urbanizations are a line of their own, for which a letter has no field.
std::optional<Address> StandardOf(const Json& answer) {
  const auto components = answer.find("components");
  if (components == answer.end() || !components->is_object()) return std::nullopt;
  if (!LobText(answer, "urbanization").empty()) return std::nullopt;
  Address standard{.line1 = LobText(answer, "primary_line"),
                   .line2 = LobText(answer, "secondary_line"),
                   .city = LobText(*components, "city"),
                   .state = LobText(*components, "state"),
                   .zip = LobText(*components, "zip_code")};
  if (const std::string more = LobText(*components, "zip_code_plus_4"); !more.empty())
    standard.zip += "-" + more;
  if (!IsWhole(standard)) return std::nullopt;
  return standard;
}

std::variant<Verification, Obstacle> ReadAnswer(const std::string& body) {
  const Json answer = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object() || !answer.contains("deliverability")) return Obstacle{};
  Verification verification{.deliverability = DeliverabilityOf(LobText(answer, "deliverability"))};
  if (verification.deliverability == Deliverability::kDeliverable ||
      verification.deliverability == Deliverability::kUnnecessaryUnit) {
    verification.standard = StandardOf(answer);
  }
  return verification;
}

}  // namespace

http::Request VerificationRequest(const std::string& api_base, const std::string& api_key,
                                  const Address& address, std::chrono::milliseconds timeout) {
  std::vector<std::pair<std::string, std::string>> fields = {{"primary_line", address.line1},
                                                             {"city", address.city},
                                                             {"state", address.state},
                                                             {"zip_code", address.zip}};
  if (!address.line2.empty()) fields.emplace_back("secondary_line", address.line2);
  http::Request request;
  request.method = "POST";
  request.url = api_base + "/us_verifications?case=proper";
  request.headers = {{"Authorization", http::BasicAuthorization(api_key, "")}};
  request.body = http::FormEncode(fields);
  request.connect_timeout = timeout;
  request.total_timeout = timeout;
  return request;
}

std::variant<Verification, Obstacle> ReadVerification(
    const absl::StatusOr<http::Response>& response) {
  if (absl::IsDeadlineExceeded(response.status())) return Obstacle{NoVerification::kSlow};
  if (!response.ok()) return Obstacle{};
  switch (response->status) {
    case 200:
      return ReadAnswer(response->body);
    case 401:
    case 403:
      return Obstacle{NoVerification::kRefused};
    case 422:
      return Obstacle{NoVerification::kUnreadable};
    case 429:
      return Obstacle{NoVerification::kRateLimited, RetryAfter(*response)};
    default:
      return Obstacle{};
  }
}

}  // namespace fsft::fulfillment
