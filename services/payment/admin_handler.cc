#include "services/payment/admin_handler.h"

#include <utility>

#include "services/payment/refund_request.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

namespace payment_v1 = fightsftickets::payment::v1;
using fightsftickets::payment::v1::PaymentAdminService;
using fightsftickets::payment::v1::RefundRequest;
using fightsftickets::payment::v1::RefundResponse;
using fightsftickets::payment::v1::ResolveRequest;
using fightsftickets::payment::v1::ResolveResponse;

// Whoever acts is named in the audit trail; what is no UUID is no order.
template <typename Request>
absl::Status Check(const Request& request) {
  if (request.actor().empty())
    return rpc::InvalidFields({rpc::Violation("actor", "required", "must name who acts")});
  if (!ids::IsUuid(request.payment_id()))
    return rpc::Error(absl::StatusCode::kNotFound, "order_not_found", "there is no such order");
  return absl::OkStatus();
}

}  // namespace

AdminHandler::AdminHandler(rpc::GuardEnvironment& guards, const Parts& parts,
                           std::function<void()> wake_workers)
    : guard_(guards, PaymentAdminService::service_full_name(), {"gateway"}),
      parts_(parts),
      wake_workers_(std::move(wake_workers)) {}

grpc::Status AdminHandler::Refund(grpc::ServerContext* context, const RefundRequest* request,
                                  RefundResponse* response) {
  return guard_.Run(*context, "Refund", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = Check(*request); !status.ok()) return status;
                      const absl::StatusOr<RefundWish> wish = WishOf(*request);
                      if (!wish.ok()) return wish.status();
                      const auto refund = parts_.refunder.Request(*wish, call.deadline);
                      if (!refund.ok()) return refund.status();
                      ToMessage(*refund, *response->mutable_refund());
                      return absl::OkStatus();
                    });
}

grpc::Status AdminHandler::Resolve(grpc::ServerContext* context, const ResolveRequest* request,
                                   ResolveResponse* response) {
  return guard_.Run(*context, "Resolve", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = Check(*request); !status.ok()) return status;
                      switch (request->resolution()) {
                        case payment_v1::RESOLUTION_ACCEPT:
                          return Accept(*request, *response, call.deadline);
                        case payment_v1::RESOLUTION_REFUND:
                          return GiveBack(*request, *response, call.deadline);
                        default:
                          return rpc::InvalidFields({rpc::Violation("resolution", "required",
                                                                    "must be accept or refund")});
                      }
                    });
}

absl::Status AdminHandler::Accept(const ResolveRequest& request, ResolveResponse& response,
                                  rpc::Deadline deadline) {
  if (absl::Status status = parts_.refunds.Accept(request.payment_id(), request.actor(), deadline);
      !status.ok()) {
    return status;
  }
  wake_workers_();
  response.set_payment_state(payment_v1::PAYMENT_STATE_PAID);
  return absl::OkStatus();
}

absl::Status AdminHandler::GiveBack(const ResolveRequest& request, ResolveResponse& response,
                                    rpc::Deadline deadline) {
  const auto refund =
      parts_.refunder.Request(WishToEndReview(request.payment_id(), request.actor()), deadline);
  if (!refund.ok()) return refund.status();
  ToMessage(*refund, *response.mutable_refund());
  return absl::OkStatus();
}

}  // namespace fsft::payment
