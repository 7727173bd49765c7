#include "services/payment/admin_handler.h"

#include <utility>

#include "services/payment/conversion.h"
#include "services/payment/refund_request.h"
#include "shared/ids/uuid.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

namespace payment_v1 = fightsftickets::payment::v1;
using fightsftickets::payment::v1::GetAuditTrailRequest;
using fightsftickets::payment::v1::GetAuditTrailResponse;
using fightsftickets::payment::v1::GetFunnelRequest;
using fightsftickets::payment::v1::GetFunnelResponse;
using fightsftickets::payment::v1::GetStatsRequest;
using fightsftickets::payment::v1::GetStatsResponse;
using fightsftickets::payment::v1::ListActivityRequest;
using fightsftickets::payment::v1::ListActivityResponse;
using fightsftickets::payment::v1::ListRequest;
using fightsftickets::payment::v1::ListResponse;
using fightsftickets::payment::v1::PaymentAdminService;
using fightsftickets::payment::v1::ReconcileRequest;
using fightsftickets::payment::v1::ReconcileResponse;
using fightsftickets::payment::v1::RefundRequest;
using fightsftickets::payment::v1::RefundResponse;
using fightsftickets::payment::v1::ResolveRequest;
using fightsftickets::payment::v1::ResolveResponse;

// Of payments that an operator asks about: a webhook may still be on its way to a younger one.
constexpr std::chrono::minutes kPendingFor{1};
// What remains of the caller's time for the list of events, after the payments.
constexpr std::chrono::seconds kEventsMargin{8};
// And to tell what has come of it.
constexpr std::chrono::seconds kReportMargin{1};

// Whoever acts or looks is named, in the audit trail or in the log.
template <typename Request>
absl::Status CheckActor(const Request& request) {
  if (!request.actor().empty()) return absl::OkStatus();
  return rpc::InvalidFields({rpc::Violation("actor", "required", "must name who acts")});
}

// What a report answers, when it has an answer.
template <typename Response>
absl::Status Give(absl::StatusOr<Response> found, Response& response) {
  if (!found.ok()) return found.status();
  response = *std::move(found);
  return absl::OkStatus();
}

// What is no UUID is no order.
template <typename Request>
absl::Status Check(const Request& request) {
  if (absl::Status status = CheckActor(request); !status.ok()) return status;
  if (!ids::IsUuid(request.payment_id()))
    return rpc::Error(absl::StatusCode::kNotFound, "order_not_found", "there is no such order");
  logging::SetPaymentId(request.payment_id());
  return absl::OkStatus();
}

}  // namespace

AdminHandler::AdminHandler(rpc::GuardEnvironment& guards, const Parts& parts,
                           std::function<void()> wake_workers)
    : guard_(guards, PaymentAdminService::service_full_name(), {"gateway"}),
      parts_(parts),
      wake_workers_(std::move(wake_workers)),
      paid_(CountOfOrders(guards.metrics(), "paid")) {}

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
  const absl::StatusOr<bool> is_first =
      parts_.refunds.Accept(request.payment_id(), request.actor(), deadline);
  if (!is_first.ok()) return is_first.status();
  if (*is_first) paid_.Add();
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

grpc::Status AdminHandler::Reconcile(grpc::ServerContext* context, const ReconcileRequest* request,
                                     ReconcileResponse* response) {
  return guard_.Run(*context, "Reconcile", rpc::WorkClass::kStripe,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(*request); !status.ok()) return status;
                      const absl::StatusOr<CheckReport> checks =
                          parts_.reconciler.CheckAll(kPendingFor, call.deadline - kEventsMargin);
                      if (!checks.ok()) return checks.status();
                      const absl::StatusOr<CatchUpReport> events =
                          parts_.catch_up.ReadNow(call.deadline - kReportMargin);
                      if (!events.ok()) return events.status();
                      response->set_payments_checked(checks->checked);
                      response->set_payments_paid(checks->paid);
                      response->set_payments_ended(checks->ended);
                      response->set_sessions_found(checks->found);
                      response->set_events_read(events->read);
                      response->set_events_applied(events->applied);
                      response->set_unmatched_events_left(events->unmatched_left);
                      response->set_more(checks->more || events->more);
                      return absl::OkStatus();
                    });
}

grpc::Status AdminHandler::List(grpc::ServerContext* context, const ListRequest* request,
                                ListResponse* response) {
  return guard_.Run(*context, "List", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(*request); !status.ok()) return status;
                      return Give(parts_.reports.List(*request, call.deadline), *response);
                    });
}

grpc::Status AdminHandler::ListActivity(grpc::ServerContext* context,
                                        const ListActivityRequest* request,
                                        ListActivityResponse* response) {
  return guard_.Run(*context, "ListActivity", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(*request); !status.ok()) return status;
                      return Give(parts_.reports.Activity(*request, call.deadline), *response);
                    });
}

grpc::Status AdminHandler::GetStats(grpc::ServerContext* context, const GetStatsRequest* request,
                                    GetStatsResponse* response) {
  return guard_.Run(*context, "GetStats", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(*request); !status.ok()) return status;
                      return Give(parts_.reports.Stats(call.deadline), *response);
                    });
}

grpc::Status AdminHandler::GetFunnel(grpc::ServerContext* context, const GetFunnelRequest* request,
                                     GetFunnelResponse* response) {
  return guard_.Run(*context, "GetFunnel", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = CheckActor(*request); !status.ok()) return status;
                      return Give(parts_.reports.Funnel(*request, call.deadline), *response);
                    });
}

grpc::Status AdminHandler::GetAuditTrail(grpc::ServerContext* context,
                                         const GetAuditTrailRequest* request,
                                         GetAuditTrailResponse* response) {
  return guard_.Run(*context, "GetAuditTrail", rpc::WorkClass::kDatabase,
                    [&](const rpc::CallContext& call) -> absl::Status {
                      if (absl::Status status = Check(*request); !status.ok()) return status;
                      return Give(parts_.reports.AuditTrail(request->payment_id(), call.deadline),
                                  *response);
                    });
}

}  // namespace fsft::payment
