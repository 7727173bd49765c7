#include "services/payment/session_check.h"

#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

// What remains of the caller's time when Stripe has answered, to store the answer in.
constexpr std::chrono::milliseconds kStoreMargin{1000};

// The event that Stripe has sent, or would have. Its id and its time are the same at every look, so
// a second look finds the first one's event; the time is that of the payment, since a session does
// not say when it was paid.
StripeEvent EventOf(const OpenPayment& payment, const StripeSession& session,
                    std::string_view type) {
  StripeEvent event;
  event.id = "check:" + session.id + ":" + session.status;
  event.type = type;
  event.created = payment.created_at;
  event.livemode = session.livemode;
  event.source = "check";
  event.session_id = session.id;
  event.payment_intent = session.payment_intent;
  event.customer = session.customer;
  event.payment_status = session.payment_status;
  event.amount_cents = session.amount_cents;
  event.currency = session.currency;
  event.payment_id = payment.payment_id;
  event.receipt_url = session.receipt_url;
  return event;
}

SessionFinding FindingOf(const StripeSession& session) {
  if (session.status == "expired") return SessionFinding::kExpired;
  if (session.status != "complete") return SessionFinding::kOpen;
  return session.payment_status == "paid" ? SessionFinding::kPaid : SessionFinding::kUnpaid;
}

// Empty: there is nothing to tell.
std::string_view EventTypeFor(SessionFinding finding) {
  if (finding == SessionFinding::kPaid) return "checkout.session.completed";
  return finding == SessionFinding::kExpired ? "checkout.session.expired" : "";
}

}  // namespace

std::string_view NameOf(SessionFinding finding) {
  switch (finding) {
    case SessionFinding::kOpen:
      return "open";
    case SessionFinding::kPaid:
      return "paid";
    case SessionFinding::kUnpaid:
      return "unpaid";
    case SessionFinding::kExpired:
      return "expired";
    case SessionFinding::kMissing:
      return "missing";
    case SessionFinding::kOvertaken:
      break;
  }
  return "overtaken";
}

absl::StatusOr<CheckedSession> SessionCheck::Check(OpenPayment payment, rpc::Deadline deadline) {
  absl::StatusOr<std::optional<StripeSession>> found =
      stripe_.FindSession(payment, deadline - kStoreMargin);
  if (!found.ok()) return found.status();
  CheckedSession checked{.payment = std::move(payment)};
  if (!found->has_value()) return checked;

  const StripeSession& session = **found;
  checked.finding = FindingOf(session);
  if (checked.payment.session_id.empty()) {
    const absl::StatusOr<bool> current = Keep(checked.payment, session, deadline);
    if (!current.ok()) return current.status();
    checked.is_new = true;
    if (!*current && checked.finding == SessionFinding::kOpen) {
      checked.finding = SessionFinding::kOvertaken;
    }
  }
  if (absl::Status status = Tell(session, checked, deadline); !status.ok()) return status;
  return checked;
}

absl::StatusOr<bool> SessionCheck::Keep(OpenPayment& payment, const StripeSession& session,
                                        rpc::Deadline deadline) {
  const absl::StatusOr<StoredSession> stored =
      store_.StoreSession(payment.payment_id, session.id, session.url, deadline);
  if (!stored.ok()) return stored.status();
  if (stored->events_wait) webhooks_.TakeUpUnmatched(payment.payment_id, deadline);
  payment.session_id = session.id;
  payment.checkout_url = session.url;
  return stored->state == "pending" && !stored->events_wait;
}

absl::Status SessionCheck::Tell(const StripeSession& session, CheckedSession& checked,
                                rpc::Deadline deadline) {
  const std::string_view type = EventTypeFor(checked.finding);
  if (type.empty()) return absl::OkStatus();
  const absl::StatusOr<EventOutcome> outcome =
      webhooks_.Take(EventOf(checked.payment, session, type), deadline);
  if (!outcome.ok()) return outcome.status();
  checked.moved = *outcome == "processed";
  if (checked.moved) {
    logging::Info("stripe was asked about a payment", {{"payment_id", checked.payment.payment_id},
                                                       {"session_id", session.id},
                                                       {"finding", NameOf(checked.finding)}});
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> SessionCheck::End(const OpenPayment& payment, const PaymentEnd& end,
                                       rpc::Deadline deadline) {
  absl::StatusOr<bool> ended = store_.End(payment, end, deadline);
  if (ended.ok() && *ended) {
    logging::Info(
        "payment ended",
        {{"payment_id", payment.payment_id}, {"state", end.state}, {"reason", end.reason}});
  }
  return ended;
}

}  // namespace fsft::payment
