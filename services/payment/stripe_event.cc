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

void ReadSession(const json& session, StripeEvent& event) {
  event.session_id = Text(session, "id");
  event.payment_intent = LinkedId(session, "payment_intent");
  event.customer = LinkedId(session, "customer");
  event.payment_status = Text(session, "payment_status");
  event.amount_total = Integer(session, "amount_total");
  event.currency = Text(session, "currency");
  const auto metadata = session.find("metadata");
  if (metadata == session.end() || !metadata->is_object()) return;
  std::string payment_id = Text(*metadata, "payment_id");
  if (ids::IsUuid(payment_id)) event.payment_id = std::move(payment_id);
}

absl::Status Malformed() {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "malformed_event",
                    "the body is no Stripe event");
}

}  // namespace

bool StripeEvent::SessionPaid() const {
  return (type == "checkout.session.completed" ||
          type == "checkout.session.async_payment_succeeded") &&
         payment_status == "paid";
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
  if (Text(*object, "object") == "checkout.session") ReadSession(*object, event);
  return event;
}

}  // namespace fsft::payment
