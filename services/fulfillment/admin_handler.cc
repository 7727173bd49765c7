#include "services/fulfillment/admin_handler.h"

#include <utility>

#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::fulfillment {
namespace {

using fightsftickets::fulfillment::v1::FulfillmentAdminService;
using fightsftickets::fulfillment::v1::RetryOutcome;
using fightsftickets::fulfillment::v1::RetryRequest;
using fightsftickets::fulfillment::v1::RetryResponse;
namespace common_v1 = fightsftickets::common::v1;
namespace fulfillment_v1 = fightsftickets::fulfillment::v1;

constexpr size_t kMaxActor = 64;

// What a retry comes to, by the state that it finds.
absl::StatusOr<RetryOutcome> OutcomeOf(common_v1::DeliveryState before) {
  switch (before) {
    case common_v1::DELIVERY_STATE_DEAD_LETTER:
      return fulfillment_v1::RETRY_OUTCOME_QUEUED;
    case common_v1::DELIVERY_STATE_MAILED:
    case common_v1::DELIVERY_STATE_IN_TRANSIT:
    case common_v1::DELIVERY_STATE_DELIVERED:
    case common_v1::DELIVERY_STATE_RETURNED:
      return fulfillment_v1::RETRY_OUTCOME_ALREADY_FULFILLED;
    case common_v1::DELIVERY_STATE_CANCELLED:
      return rpc::Error(absl::StatusCode::kFailedPrecondition, "cancelled",
                        "the order was cancelled");
    case common_v1::DELIVERY_STATE_FAILED_AT_PRINTER:
      // The old key would bring the failed letter back.
      return rpc::Error(absl::StatusCode::kFailedPrecondition, "needs_new_generation",
                        "the printer failed after it had accepted the letter");
    default:
      return fulfillment_v1::RETRY_OUTCOME_IN_PROGRESS;
  }
}

absl::Status NotFound() {
  return rpc::Error(absl::StatusCode::kNotFound, "letter_not_found", "there is no such letter");
}

}  // namespace

AdminHandler::AdminHandler(rpc::GuardEnvironment& guards, LettersStore& store,
                           std::function<void()> wake_workers)
    : guard_(guards, FulfillmentAdminService::service_full_name(), {"gateway"}),
      store_(store),
      wake_workers_(std::move(wake_workers)) {}

grpc::Status AdminHandler::Retry(grpc::ServerContext* context, const RetryRequest* request,
                                 RetryResponse* response) {
  return guard_.Run(*context, "Retry", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (request->actor().empty() || request->actor().size() > kMaxActor) {
                        return rpc::WithViolations(
                            rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_fields"),
                            {rpc::Violation("actor", "required", "must name the operator")});
                      }
                      if (!ids::IsUuid(request->payment_id())) return NotFound();
                      absl::StatusOr<std::optional<std::string>> before =
                          store_.Retry(request->payment_id(), request->actor(), call.deadline);
                      if (!before.ok()) return before.status();
                      if (!before->has_value()) return NotFound();
                      const auto state = words::EnumOf<common_v1::DeliveryState>(**before);
                      absl::StatusOr<RetryOutcome> outcome = OutcomeOf(state);
                      if (!outcome.ok()) return outcome.status();
                      const bool queued = *outcome == fulfillment_v1::RETRY_OUTCOME_QUEUED;
                      response->set_outcome(*outcome);
                      response->set_state(queued ? common_v1::DELIVERY_STATE_QUEUED : state);
                      if (queued) wake_workers_();
                      return absl::OkStatus();
                    });
}

}  // namespace fsft::fulfillment
