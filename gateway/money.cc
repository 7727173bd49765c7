// What operators decide about money that has come.
#include "gateway/handlers.h"
#include "gateway/idempotency_key.h"
#include "gateway/json_reader.h"
#include "gateway/json_response.h"
#include "gateway/refund_json.h"
#include "shared/logging/context.h"
#include "shared/words/words.h"

namespace fsft::gateway {
namespace {

payment::Resolution ResolutionOf(JsonReader& body) {
  const std::string action = body.String("action");
  if (action == "accept") return payment::RESOLUTION_ACCEPT;
  if (action == "refund") return payment::RESOLUTION_REFUND;
  body.AddViolation("action", "invalid", "Must be accept or refund.");
  return payment::RESOLUTION_UNSPECIFIED;
}

}  // namespace

// {id} is the payment's. What is stored is a beginning, so 202: the refund's status tells the rest.
absl::StatusOr<http::Response> RefundPayment(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> body = JsonReader::Parse(call.request.body);
  if (!body.ok()) return body.status();
  payment::RefundRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_payment_id(std::string(call.parameter));
  request.set_reason(body->String("reason"));
  request.set_force(body->Bool("force"));
  if (const auto amount = body->Integer("amount_cents")) request.set_amount_cents(*amount);
  if (absl::Status status = body->status(); !status.ok()) return status;
  absl::StatusOr<intake::RequestKey> key = RequestKeyOf(call.request);
  if (!key.ok()) return key.status();
  request.set_idempotency_key(key->idempotency_key());
  request.set_request_digest(key->request_digest());
  const auto refunded = services.backend.Refund(request, call.deadline);
  if (!refunded.ok()) return refunded.status();
  logging::SetPaymentId(call.parameter);
  return JsonResponse(RefundJson(refunded->refund()), 202);
}

absl::StatusOr<http::Response> ResolvePayment(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> body = JsonReader::Parse(call.request.body);
  if (!body.ok()) return body.status();
  payment::ResolveRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_payment_id(std::string(call.parameter));
  request.set_resolution(ResolutionOf(*body));
  if (absl::Status status = body->status(); !status.ok()) return status;
  const auto resolved = services.backend.Resolve(request, call.deadline);
  if (!resolved.ok()) return resolved.status();
  logging::SetPaymentId(call.parameter);
  if (resolved->has_refund()) return JsonResponse(RefundJson(resolved->refund()), 202);
  return JsonResponse({{"payment_id", std::string(call.parameter)},
                       {"status", words::WordOf(resolved->payment_state())}});
}

}  // namespace fsft::gateway
