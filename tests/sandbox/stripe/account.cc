#include "tests/sandbox/stripe/account.h"

#include <algorithm>

#include "tests/sandbox/stripe/errors.h"
#include "tests/sandbox/stripe/objects.h"

namespace fsft::sandbox::stripe {
namespace {

// Older events are no longer listed.
constexpr std::chrono::seconds kEventsKept = std::chrono::hours(24 * 30);

std::vector<std::string> EventTypes(const Params& params) {
  std::vector<std::string> types = params.Strings("types");
  const auto type = params.OptionalString("type");
  if (type && !types.empty()) RefuseInvalid("types", "You may only specify one of: type, types.");
  if (types.size() > 20)
    RefuseInvalid("types", "Array types exceeded maximum 20 allowed elements.");
  if (type) types.push_back(*type);
  return types;
}

// A name may end in ".*" and stand for a group.
bool IsOfOne(const std::string& type, const std::vector<std::string>& types) {
  return types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& wanted) {
           return wanted.ends_with('*') ? type.starts_with(wanted.substr(0, wanted.size() - 1))
                                        : type == wanted;
         });
}

}  // namespace

Account::Account(std::string public_url, const time::Clock& clock, WebhookSender& webhooks)
    : public_url_(std::move(public_url)), clock_(clock), webhooks_(webhooks) {
  webhooks_.OnDelivered([this](const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (Json* event = events_.Find(id)) (*event)["pending_webhooks"] = 0;
  });
}

int64_t Account::Now() const { return time::UnixSeconds(clock_.Now()); }

Json& Account::Existing(Collection& collection, const std::string& what, const std::string& id,
                        const std::string& param) {
  Json* object = collection.Find(id);
  if (object == nullptr) RefuseNoSuch(what, id, param);
  return *object;
}

// The form is read and the object built before the lock: that is most of the work, and benchmarks
// create sessions from many connections at a time.
Json Account::CreateSession(const Json& form) {
  const int64_t now = Now();
  SessionSpec spec = ParseSession(form, now);
  Json session = NewSession(spec, public_url_, now);
  const std::string id = session["id"];
  const std::lock_guard lock(mutex_);
  open_sessions_.emplace(spec.expires_at, id);
  specs_[id] = std::move(spec);
  return sessions_.Insert(std::move(session));
}

Json Account::GetSession(const std::string& id) {
  const std::lock_guard lock(mutex_);
  ExpireDueLocked();
  return Existing(sessions_, "checkout.session", id, "session");
}

Json Account::ListLineItems(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Existing(sessions_, "checkout.session", id, "session");
  return LineItems(specs_[id], id);
}

Json Account::ExpireSession(const std::string& id) {
  const std::lock_guard lock(mutex_);
  ExpireDueLocked();
  Json& session = Existing(sessions_, "checkout.session", id, "session");
  const std::string status = session["status"];
  if (status != "open") {
    RefuseInvalid("",
                  "Only Checkout Sessions with a status in [\"open\"] can be expired. This "
                  "Checkout Session has a status of `" +
                      status + "`.");
  }
  CloseLocked(session);
  return session;
}

Json Account::ListSessions(const Json& query) {
  const Params params(query);
  params.AllowOnly({"created", "ending_before", "expand", "limit", "payment_intent",
                    "starting_after", "status"});
  const PageRequest page = ParsePage(params);
  const auto intent = params.OptionalString("payment_intent");
  const auto status = params.OneOf("status", {"complete", "expired", "open"});
  const std::lock_guard lock(mutex_);
  ExpireDueLocked();
  return sessions_.List("/v1/checkout/sessions", page, [&](const Json& session) {
    return (!intent || session["payment_intent"] == *intent) &&
           (!status || session["status"] == *status);
  });
}

// There is no event for a session that is created, as at Stripe: who loses the answer must list.
void Account::CloseLocked(Json& session) {
  open_sessions_.erase({session["expires_at"], session["id"]});
  session["status"] = "expired";
  session["url"] = nullptr;
  EmitLocked("checkout.session.expired", session);
}

void Account::ExpireDue() {
  const std::lock_guard lock(mutex_);
  ExpireDueLocked();
}

void Account::ExpireDueLocked() {
  const int64_t now = Now();
  while (!open_sessions_.empty() && open_sessions_.begin()->first <= now) {
    CloseLocked(*sessions_.Find(open_sessions_.begin()->second));
  }
}

// The payload is fixed here, under the lock: it shows the object as it was when the event happened,
// whatever happens to the object until the webhook arrives.
void Account::EmitLocked(const std::string& type, const Json& object, bool deliver) {
  SendLocked(NewEvent(type, object, Now()), deliver);
}

void Account::EmitChangeLocked(const std::string& type, const Json& object, const Json& before) {
  Json event = NewEvent(type, object, Now());
  event["data"]["previous_attributes"] = before;
  SendLocked(std::move(event), true);
}

Json& Account::SendLocked(Json event, bool deliver) {
  const std::string type = event["type"];
  const bool send = deliver && webhooks_.Wants(type);
  event["pending_webhooks"] = send || !deliver ? 1 : 0;
  if (send) webhooks_.Enqueue({event["id"], type, event.dump(2)});
  return (event["livemode"] == true ? live_events_ : events_).Insert(std::move(event));
}

Json Account::GetEvent(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return Existing(events_, "event", id, "id");
}

Json Account::ListEvents(const Json& query) {
  const Params params(query);
  params.AllowOnly({"created", "delivery_success", "ending_before", "expand", "limit",
                    "starting_after", "type", "types"});
  const PageRequest page = ParsePage(params);
  const std::vector<std::string> types = EventTypes(params);
  const auto success = params.OptionalBool("delivery_success");
  const std::lock_guard lock(mutex_);
  ExpireDueLocked();
  const int64_t oldest = Now() - kEventsKept.count();
  return events_.List("/v1/events", page, [&](const Json& event) {
    return event["created"] >= oldest && IsOfOne(event["type"], types) &&
           (!success || *success == (event["pending_webhooks"] == 0));
  });
}

Json Account::GetPaymentIntent(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return Existing(intents_, "payment_intent", id, "intent");
}

Json Account::GetCharge(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return Existing(charges_, "charge", id, "id");
}

PayOutcome Account::Pay(const std::string& session_id, const PayOptions& options) {
  const std::lock_guard lock(mutex_);
  ExpireDueLocked();
  Json* session = sessions_.Find(session_id);
  if (session == nullptr) return PayOutcome::kNoSuchSession;
  if ((*session)["status"] == "complete") return PayOutcome::kAlreadyPaid;
  if ((*session)["status"] == "expired") return PayOutcome::kExpired;

  // The intent is made only now, as at Stripe: an unpaid session has none.
  if (options.amount) (*session)["amount_total"] = *options.amount;
  if (options.currency) (*session)["currency"] = *options.currency;
  const SessionSpec& spec = specs_[session_id];
  const Json payer = MadeUpPayer(spec.customer_email.value_or(""));
  Json& intent = intents_.Insert(NewPaymentIntent(*session, spec, Now()));
  if (options.customer) intent["customer"] = *options.customer;
  const Json& charge = charges_.Insert(NewCharge(intent, payer, public_url_, Now()));
  intent["latest_charge"] = charge["id"];
  open_sessions_.erase({(*session)["expires_at"], session_id});
  session->update({{"status", "complete"},
                   {"payment_status", "paid"},
                   {"payment_intent", intent["id"]},
                   {"customer", intent["customer"]},
                   {"customer_details", payer},
                   {"url", nullptr}});

  // Stripe promises no order. This one is the least convenient: the event that matters comes last.
  EmitLocked("charge.succeeded", charge, options.deliver);
  EmitLocked("payment_intent.succeeded", intent, options.deliver);
  EmitLocked("checkout.session.completed", *session, options.deliver);
  return PayOutcome::kPaid;
}

std::optional<Json> Account::FindSession(const std::string& id) {
  const std::lock_guard lock(mutex_);
  ExpireDueLocked();
  const Json* session = sessions_.Find(id);
  if (session == nullptr) return std::nullopt;
  Json found = *session;
  found["line_items"] = LineItems(specs_[id], id);
  return found;
}

std::optional<Json> Account::FindEvent(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const Json* event = events_.Find(id);
  if (event == nullptr) event = live_events_.Find(id);
  return event == nullptr ? std::nullopt : std::optional<Json>(*event);
}

Json Account::Counts() {
  const std::lock_guard lock(mutex_);
  return {{"sessions", sessions_.size()},
          {"payments", intents_.size()},
          {"refunds", refunds_.size()},
          {"events", events_.size()}};
}

}  // namespace fsft::sandbox::stripe
