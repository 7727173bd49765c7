#include "services/payment/stripe_event.h"

#include <nlohmann/json.hpp>

#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

using nlohmann::json;

// Absent, null and of another type are all "not there": Stripe adds and expands fields as it likes.
std::string Text(const json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_string() ? field->get<std::string>() : "";
}

int64_t Integer(const json& object, const char* name) {
  const auto field = object.find(name);
  return field != object.end() && field->is_number_integer() ? field->get<int64_t>() : 0;
}

// Stripe sends a linked object as its id, or whole when it is expanded.
std::string LinkedId(const json& object, const char* name) {
  const auto field = object.find(name);
  if (field != object.end() && field->is_object()) return Text(*field, "id");
  return Text(object, name);
}

std::string IfUuid(std::string text) { return ids::IsUuid(text) ? std::move(text) : ""; }

// Charges have it too: the payment intent hands it on. Refunds have it when we have made them.
std::string FromMetadata(const json& object, const char* name) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return "";
  return IfUuid(Text(*metadata, name));
}

void ReadSession(const json& session, StripeEvent& event) {
  event.session_id = Text(session, "id");
  event.payment_status = Text(session, "payment_status");
  event.amount_cents = Integer(session, "amount_total");
  // We send it twice, as metadata can be edited in the dashboard.
  if (event.payment_id.empty()) event.payment_id = IfUuid(Text(session, "client_reference_id"));
}

void ReadCharge(const json& charge, StripeEvent& event) {
  event.amount_cents = Integer(charge, "amount_refunded");
  event.receipt_url = Text(charge, "receipt_url");
}

void ReadRefund(const json& refund, StripeEvent& event) {
  event.object_id = Text(refund, "id");
  event.object_status = Text(refund, "status");
  event.refund_id = FromMetadata(refund, "refund_id");
  event.failure = Text(refund, "failure_reason");
  event.amount_cents = Integer(refund, "amount");
}

void ReadDispute(const json& dispute, StripeEvent& event) {
  event.object_id = Text(dispute, "id");
  event.object_status = Text(dispute, "status");
  event.amount_cents = Integer(dispute, "amount");
}

using Reader = void (*)(const json& object, StripeEvent& event);

Reader ReaderOf(const json& object) {
  const std::string kind = Text(object, "object");
  if (kind == "checkout.session") return ReadSession;
  if (kind == "charge") return ReadCharge;
  if (kind == "refund") return ReadRefund;
  return kind == "dispute" ? ReadDispute : nullptr;
}

void ReadObject(const json& object, StripeEvent& event) {
  const Reader read = ReaderOf(object);
  if (read == nullptr) return;
  event.payment_intent = LinkedId(object, "payment_intent");
  event.customer = LinkedId(object, "customer");
  event.currency = Text(object, "currency");
  event.payment_id = FromMetadata(object, "payment_id");
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
  const json root = json::parse(payload, nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) return Malformed();
  StripeEvent event;
  event.id = Text(root, "id");
  event.type = Text(root, "type");
  event.created = time::TimePoint(std::chrono::seconds(Integer(root, "created")));
  if (event.id.empty() || event.type.empty() || Integer(root, "created") <= 0) return Malformed();
  const auto livemode = root.find("livemode");
  event.livemode = livemode != root.end() && livemode->is_boolean() && livemode->get<bool>();

  const auto data = root.find("data");
  if (data == root.end() || !data->is_object()) return Malformed();
  const auto object = data->find("object");
  if (object == data->end() || !object->is_object()) return Malformed();
  ReadObject(*object, event);
  return event;
}

}  // namespace fsft::payment
