#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "shared/time/clock.h"
#include "tests/sandbox/json.h"
#include "tests/sandbox/stripe/collection.h"
#include "tests/sandbox/stripe/session_params.h"
#include "tests/sandbox/webhooks/sender.h"

namespace fsft::sandbox::stripe {

// What a payment may be made to look like.
struct PayOptions {
  bool deliver = true;            // false: the events exist, but their webhooks are never sent
  std::optional<int64_t> amount;  // cents; another amount than the session's
  std::optional<std::string> currency;  // another currency than the session's
  std::optional<std::string> customer;  // "cus_…": the payer is a customer that Stripe remembers
};

enum class PayOutcome { kPaid, kAlreadyPaid, kExpired, kNoSuchSession };

// A checkout session of another product that uses the same Stripe account, and what is told of it.
struct ForeignEvent {
  std::string type = "checkout.session.completed";
  bool livemode = false;
  // What differs from a paid session of 5.00 usd: {"metadata": {}}, {"payment_status": "unpaid"},
  // {"id": …} of one of ours.
  Json object = Json::object();
  bool deliver = true;  // as in PayOptions
};

struct RefundSpec {
  std::optional<std::string> payment_intent;
  std::optional<std::string> charge;
  std::optional<int64_t> amount;  // all that is left, if absent
  Json reason;
  Json metadata = Json::object();
};

// What becomes of a refund: "pending", "succeeded" or "failed".
struct RefundFate {
  std::string status;
  std::string failure_reason = "unknown";  // with "failed"
};

// What a payer's bank asks for.
struct DisputeSpec {
  std::string payment_intent;
  std::optional<int64_t> amount;  // all that has not been given back, if absent
  bool inquiry = false;           // only a question: no money is taken yet
};

// One Stripe account in memory: sessions, payments, refunds and the events that tell of them.
// Thread-safe. Methods named after API operations throw Refusal as the API would answer.
class Account {
 public:
  Account(std::string public_url, const time::Clock& clock, WebhookSender& webhooks);

  Json CreateSession(const Json& form);
  Json GetSession(const std::string& id);
  Json ListLineItems(const std::string& id);
  Json ExpireSession(const std::string& id);
  Json ListSessions(const Json& query);
  Json GetEvent(const std::string& id);
  Json ListEvents(const Json& query);
  Json GetPaymentIntent(const std::string& id);
  Json GetCharge(const std::string& id);
  Json CreateRefund(const RefundSpec& spec);
  Json GetRefund(const std::string& id);
  Json ListRefunds(const Json& query);
  Json GetDispute(const std::string& id);
  Json ListDisputes(const Json& query);

  // Replaces ids in `object` by what they stand for: "payment_intent.latest_charge", "line_items",
  // in lists "data.payment_intent".
  void Expand(Json& object, const std::vector<std::string>& paths);

  // What a payer does on the hosted page.
  PayOutcome Pay(const std::string& session_id, const PayOptions& options);

  // The fate of refunds that are made from now on.
  void SetRefundFate(const RefundFate& fate);
  // Time goes on for a refund: a pending one succeeds or fails, one that succeeded fails after all.
  // A failed refund's money is the merchant's again.
  Json SettleRefund(const std::string& id, const RefundFate& fate);

  Json OpenDispute(const DisputeSpec& spec);
  // An inquiry becomes a chargeback ("needs_response"), or it ends: "won", "lost", "warning_closed".
  Json MoveDispute(const std::string& id, const std::string& status);

  // Answers the event. What happened in the live mode is delivered, but the API of the test mode
  // does not show it.
  Json EmitForeign(const ForeignEvent& foreign);

  // Closes sessions whose time is over. Reading does it too, so that nobody sees an open one late.
  void ExpireDue();

  // A session or an event, or nothing: for pages and for tests, which are not refused.
  std::optional<Json> FindSession(const std::string& id);
  std::optional<Json> FindEvent(const std::string& id);
  Json Counts();

 private:
  int64_t Now() const;
  Json& Existing(Collection& collection, const std::string& what, const std::string& id,
                 const std::string& param);
  void ExpireDueLocked();
  void CloseLocked(Json& session);
  void EmitLocked(const std::string& type, const Json& object, bool deliver = true);
  // As above, for an object that is there already: `before` holds those fields that were different.
  void EmitChangeLocked(const std::string& type, const Json& object, const Json& before);
  Json& SendLocked(Json event, bool deliver);
  Json& ChargeToRefund(const RefundSpec& spec);
  void FailLocked(Json& refund, const std::string& reason);
  void TakeBackLocked(const Json& dispute);
  // A page of refunds or disputes: all, or those of one charge or payment intent.
  Json ListOfPayment(const Collection& objects, const std::string& url, const Json& query);
  void ExpandOne(Json& object, const std::string& path, const std::string& whole);
  Json Resolve(const Json& owner, const std::string& field, const std::string& whole);

  const std::string public_url_;
  const time::Clock& clock_;
  WebhookSender& webhooks_;

  std::mutex mutex_;
  Collection sessions_, intents_, charges_, refunds_, disputes_, events_;
  Collection live_events_;                                   // see EmitForeign
  std::unordered_map<std::string, SessionSpec> specs_;       // by session id
  std::set<std::pair<int64_t, std::string>> open_sessions_;  // by expiry
  RefundFate refund_fate_{"succeeded"};
  std::set<std::string> charged_back_;  // charges whose money a bank has taken
};

}  // namespace fsft::sandbox::stripe
