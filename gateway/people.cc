// What operators decide about people's data: whom we forget, and whose access ends.
#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "shared/time/clock.h"
#include "shared/words/proto_time.h"

namespace fsft::gateway {

// {id} is the intake's.
absl::StatusOr<http::Response> EraseIntake(const Services& services, const Call& call) {
  intake::EraseRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_intake_id(std::string(call.parameter));
  const auto erased = services.backend.Erase(request, call.deadline);
  if (!erased.ok()) return erased.status();
  return JsonResponse({{"status", "erased"},
                       {"intake_id", std::string(call.parameter)},
                       {"erased_at", time::FormatRfc3339(words::FromProto(erased->erased_at()))}});
}

absl::StatusOr<http::Response> RevokeToken(const Services& services, const Call& call) {
  intake::RevokeTokenRequest request;
  request.set_actor(std::string(call.operator_name));
  request.set_intake_id(std::string(call.parameter));
  const auto revoked = services.backend.RevokeToken(request, call.deadline);
  if (!revoked.ok()) return revoked.status();
  return JsonResponse({{"status", "revoked"}, {"intake_id", std::string(call.parameter)}});
}

}  // namespace fsft::gateway
