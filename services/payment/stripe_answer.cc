#include "services/payment/stripe_answer.h"

#include "services/payment/stripe_api.h"
#include "services/payment/stripe_json.h"
#include "services/payment/stripe_page.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

std::optional<StripeSession> SessionFrom(const StripeObject& object) {
  // Whole when it was asked for, an id when not.
  const StripeObject intent = object.Object("payment_intent");
  StripeSession session{.id = object.Text("id"),
                        .url = object.Text("url"),
                        .status = object.Text("status"),
                        .client_reference_id = object.Text("client_reference_id"),
                        .created = time::TimePoint(std::chrono::seconds(object.Integer("created"))),
                        .livemode = object.Flag("livemode").value_or(false),
                        .payment_status = object.Text("payment_status"),
                        .amount_cents = object.Integer("amount_total"),
                        .currency = object.Text("currency"),
                        .payment_intent = object.LinkedId("payment_intent"),
                        .customer = object.LinkedId("customer"),
                        .receipt_url = intent.Object("latest_charge").Text("receipt_url")};
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
  std::optional<StripeSession> session = SessionFrom(StripeDocument(body).root());
  if (!session) return Unreadable();
  return *std::move(session);
}

absl::StatusOr<SessionPage> ReadSessionPage(const std::string& body) {
  const absl::StatusOr<ListPage> list = ReadListPage(body);
  if (!list.ok()) return list.status();
  SessionPage page{.has_more = list->has_more};
  for (const StripeObject& object : list->data) {
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
