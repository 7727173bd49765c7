#include "services/payment/stripe_event.h"

#include "services/payment/stripe_json.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

std::string IfUuid(std::string text) { return ids::IsUuid(text) ? std::move(text) : ""; }

void ReadSession(const StripeObject& session, StripeEvent& event) {
  event.session_id = session.Text("id");
  event.payment_status = session.Text("payment_status");
  event.amount_cents = session.Integer("amount_total");
  // We send it twice, as metadata can be edited in the dashboard.
  if (event.payment_id.empty()) event.payment_id = IfUuid(session.Text("client_reference_id"));
}

void ReadCharge(const StripeObject& charge, StripeEvent& event) {
  event.amount_cents = charge.Integer("amount_refunded");
  event.receipt_url = charge.Text("receipt_url");
}

void ReadRefund(const StripeObject& refund, StripeEvent& event) {
  event.object_id = refund.Text("id");
  event.object_status = refund.Text("status");
  event.refund_id = refund.OurId("refund_id");
  event.failure = refund.Text("failure_reason");
  event.amount_cents = refund.Integer("amount");
}

void ReadDispute(const StripeObject& dispute, StripeEvent& event) {
  event.object_id = dispute.Text("id");
  event.object_status = dispute.Text("status");
  event.amount_cents = dispute.Integer("amount");
}

using Reader = void (*)(const StripeObject& object, StripeEvent& event);

Reader ReaderOf(const StripeObject& object) {
  const std::string kind = object.Text("object");
  if (kind == "checkout.session") return ReadSession;
  if (kind == "charge") return ReadCharge;
  if (kind == "refund") return ReadRefund;
  return kind == "dispute" ? ReadDispute : nullptr;
}

void ReadObject(const StripeObject& object, StripeEvent& event) {
  const Reader read = ReaderOf(object);
  if (read == nullptr) return;
  event.payment_intent = object.LinkedId("payment_intent");
  event.customer = object.LinkedId("customer");
  event.currency = object.Text("currency");
  event.payment_id = object.OurId("payment_id");
  read(object, event);
}

absl::Status Malformed() {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "malformed_event",
                    "the body is no Stripe event");
}

}  // namespace

std::string_view StripeEvent::Effect() const {
  if (type == "checkout.session.completed" || type == "checkout.session.async_payment_succeeded") {
    return payment_status == "paid" ? "paid" : "";
  }
  if (type == "checkout.session.expired") return "expired";
  if (type == "checkout.session.async_payment_failed") return "failed";
  if (type == "charge.refunded") return "refunded";
  // An event of a refund or a dispute that names none has nothing to say.
  if (object_id.empty()) return "";
  // Some versions of Stripe's API call it charge.refund.updated.
  if (type.starts_with("refund.") || type.starts_with("charge.refund.")) {
    return amount_cents > 0 ? "refund" : "";
  }
  return type.starts_with("charge.dispute.") ? "dispute" : "";
}

absl::StatusOr<StripeEvent> ParseStripeEvent(std::string_view payload) {
  return ParseStripeEvent(StripeDocument(payload).root());
}

absl::StatusOr<StripeEvent> ParseStripeEvent(const StripeObject& root) {
  StripeEvent event;
  event.id = root.Text("id");
  event.type = root.Text("type");
  event.created = time::TimePoint(std::chrono::seconds(root.Integer("created")));
  if (event.id.empty() || event.type.empty() || root.Integer("created") <= 0) return Malformed();
  event.livemode = root.Flag("livemode").value_or(false);

  const StripeObject object = root.Object("data").Object("object");
  if (!object.is_there()) return Malformed();
  ReadObject(object, event);
  return event;
}

}  // namespace fsft::payment
