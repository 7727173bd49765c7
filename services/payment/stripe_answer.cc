#include "services/payment/stripe_answer.h"

#include <nlohmann/json.hpp>

#include "services/payment/stripe_api.h"
#include "services/payment/stripe_json.h"
#include "services/payment/stripe_page.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

using nlohmann::json;

std::optional<StripeSession> SessionFrom(const json& object) {
  // Whole when it was asked for, an id when not.
  const json& intent = ObjectOf(object, "payment_intent");
  StripeSession session{
      .id = TextOf(object, "id"),
      .url = TextOf(object, "url"),
      .status = TextOf(object, "status"),
      .client_reference_id = TextOf(object, "client_reference_id"),
      .created = time::TimePoint(std::chrono::seconds(IntegerOf(object, "created"))),
      .livemode = object.is_object() && object.value("livemode", json(false)) == true,
      .payment_status = TextOf(object, "payment_status"),
      .amount_cents = IntegerOf(object, "amount_total"),
      .currency = TextOf(object, "currency"),
      .payment_intent = LinkedIdOf(object, "payment_intent"),
      .customer = LinkedIdOf(object, "customer"),
      .receipt_url = TextOf(ObjectOf(intent, "latest_charge"), "receipt_url")};
  if (session.id.empty() || session.status.empty()) return std::nullopt;
  return session;
}

int Rank(const StripeSession& session) {
  if (session.status == "complete") return 2;
  return session.status == "open" ? 1 : 0;
}

}  // namespace

CreateAnswer ReadCreateAnswer(const http::Response& response) {
  CreateAnswer answer{.verdict = VerdictOf(response)};
  if (answer.verdict != CreateVerdict::kCreated) {
    LogFailure("stripe opened no session", response, answer.verdict);
    if (answer.verdict == CreateVerdict::kSlowDown) answer.retry_after = RetryAfterOf(response);
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
  const absl::StatusOr<ListPage> list = ReadListPage(body);
  if (!list.ok()) return list.status();
  SessionPage page{.has_more = list->has_more};
  for (const json& object : list->data) {
    std::optional<StripeSession> session = SessionFrom(object);
    if (!session) return Unreadable();
    page.sessions.push_back(*std::move(session));
  }
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
