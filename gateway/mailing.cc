// What operators decide about mailing: whether letters go out at all, and whether one goes out
// anew.
#include "gateway/handlers.h"
#include "gateway/json_reader.h"
#include "gateway/json_response.h"
#include "gateway/words.h"
#include "shared/logging/context.h"

namespace fsft::gateway {

// {id} is the payment's.
absl::StatusOr<http::Response> SendAnew(const Services& services, const Call& call) {
  absl::StatusOr<JsonReader> body = JsonReader::Parse(call.request.body);
  if (!body.ok()) return body.status();
  fulfillment::NewGenerationRequest request;
  request.set_payment_id(std::string(call.parameter));
  request.set_actor(std::string(call.operator_name));
  request.set_force(body->Bool("force"));
  if (absl::Status status = body->status(); !status.ok()) return status;
  const auto renewed = services.backend.NewGeneration(request, call.deadline);
  if (!renewed.ok()) return renewed.status();
  logging::SetPaymentId(call.parameter);
  return JsonResponse({{"status", DeliveryStateName(renewed->state())},
                       {"payment_id", std::string(call.parameter)}});
}

absl::StatusOr<http::Response> PauseMailing(const Services& services, const Call& call) {
  fulfillment::PauseRequest request;
  request.set_actor(std::string(call.operator_name));
  const auto paused = services.backend.PauseMailing(request, call.deadline);
  if (!paused.ok()) return paused.status();
  return JsonResponse({{"status", "paused"}});
}

absl::StatusOr<http::Response> ResumeMailing(const Services& services, const Call& call) {
  fulfillment::ResumeRequest request;
  request.set_actor(std::string(call.operator_name));
  const auto resumed = services.backend.ResumeMailing(request, call.deadline);
  if (!resumed.ok()) return resumed.status();
  nlohmann::ordered_json causes = nlohmann::ordered_json::array();
  for (const std::string& cause : resumed->causes()) causes.push_back(cause);
  return JsonResponse({{"status", "mailing"}, {"was_paused_for", causes}});
}

}  // namespace fsft::gateway
