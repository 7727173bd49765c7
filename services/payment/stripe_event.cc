#include "services/payment/stripe_event.h"

#include <nlohmann/json.hpp>

#include "services/payment/stripe_json.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

using nlohmann::json;

std::string IfUuid(std::string text) { return ids::IsUuid(text) ? std::move(text) : ""; }

void ReadSession(const json& session, StripeEvent& event) {
  event.session_id = TextOf(session, "id");
  event.payment_status = TextOf(session, "payment_status");
  event.amount_cents = IntegerOf(session, "amount_total");
  // We send it twice, as metadata can be edited in the dashboard.
  if (event.payment_id.empty()) event.payment_id = IfUuid(TextOf(session, "client_reference_id"));
}

void ReadCharge(const json& charge, StripeEvent& event) {
  event.amount_cents = IntegerOf(charge, "amount_refunded");
  event.receipt_url = TextOf(charge, "receipt_url");
}

void ReadRefund(const json& refund, StripeEvent& event) {
  event.object_id = TextOf(refund, "id");
  event.object_status = TextOf(refund, "status");
  event.refund_id = OurIdOf(refund, "refund_id");
  event.failure = TextOf(refund, "failure_reason");
  event.amount_cents = IntegerOf(refund, "amount");
}

void ReadDispute(const json& dispute, StripeEvent& event) {
  event.object_id = TextOf(dispute, "id");
  event.object_status = TextOf(dispute, "status");
  event.amount_cents = IntegerOf(dispute, "amount");
}

using Reader = void (*)(const json& object, StripeEvent& event);

Reader ReaderOf(const json& object) {
  const std::string kind = TextOf(object, "object");
  if (kind == "checkout.session") return ReadSession;
  if (kind == "charge") return ReadCharge;
  if (kind == "refund") return ReadRefund;
  return kind == "dispute" ? ReadDispute : nullptr;
}

void ReadObject(const json& object, StripeEvent& event) {
  const Reader read = ReaderOf(object);
  if (read == nullptr) return;
  event.payment_intent = LinkedIdOf(object, "payment_intent");
  event.customer = LinkedIdOf(object, "customer");
  event.currency = TextOf(object, "currency");
  event.payment_id = OurIdOf(object, "payment_id");
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
  return ParseStripeEvent(json::parse(payload, nullptr, /*allow_exceptions=*/false));
}

absl::StatusOr<StripeEvent> ParseStripeEvent(const json& root) {
  StripeEvent event;
  event.id = TextOf(root, "id");
  event.type = TextOf(root, "type");
  event.created = time::TimePoint(std::chrono::seconds(IntegerOf(root, "created")));
  if (event.id.empty() || event.type.empty() || IntegerOf(root, "created") <= 0) return Malformed();
  const auto livemode = root.find("livemode");
  event.livemode = livemode != root.end() && livemode->is_boolean() && livemode->get<bool>();

  const json& data = ObjectOf(root, "data");
  const auto object = data.find("object");
  if (object == data.end() || !object->is_object()) return Malformed();
  ReadObject(*object, event);
  return event;
}

}  // namespace fsft::payment
