#pragma once

#include "fightsftickets/payment/v1/admin.grpc.pb.h"
#include "services/payment/event_catch_up.h"
#include "services/payment/reconciler.h"
#include "services/payment/refunder.h"
#include "services/payment/reports.h"
#include "shared/rpc/guard.h"

namespace fsft::payment {

// payment.v1.PaymentAdminService: what operators decide about money. The gateway has checked their
// tokens.
class AdminHandler final : public fightsftickets::payment::v1::PaymentAdminService::Service {
 public:
  // What it hands the work to. All outlive it.
  struct Parts {
    Refunder& refunder;
    RefundStore& refunds;
    Reconciler& reconciler;
    EventCatchUp& catch_up;
    Reports& reports;
  };

  // `wake_workers` is called after a decision that others must hear of.
  AdminHandler(rpc::GuardEnvironment& guards, const Parts& parts,
               std::function<void()> wake_workers);

  grpc::Status Refund(grpc::ServerContext* context,
                      const fightsftickets::payment::v1::RefundRequest* request,
                      fightsftickets::payment::v1::RefundResponse* response) override;
  grpc::Status Resolve(grpc::ServerContext* context,
                       const fightsftickets::payment::v1::ResolveRequest* request,
                       fightsftickets::payment::v1::ResolveResponse* response) override;
  grpc::Status Reconcile(grpc::ServerContext* context,
                         const fightsftickets::payment::v1::ReconcileRequest* request,
                         fightsftickets::payment::v1::ReconcileResponse* response) override;

  grpc::Status List(grpc::ServerContext* context,
                    const fightsftickets::payment::v1::ListRequest* request,
                    fightsftickets::payment::v1::ListResponse* response) override;
  grpc::Status GetAuditTrail(grpc::ServerContext* context,
                             const fightsftickets::payment::v1::GetAuditTrailRequest* request,
                             fightsftickets::payment::v1::GetAuditTrailResponse* response) override;
  grpc::Status ListActivity(grpc::ServerContext* context,
                            const fightsftickets::payment::v1::ListActivityRequest* request,
                            fightsftickets::payment::v1::ListActivityResponse* response) override;
  grpc::Status GetStats(grpc::ServerContext* context,
                        const fightsftickets::payment::v1::GetStatsRequest* request,
                        fightsftickets::payment::v1::GetStatsResponse* response) override;
  grpc::Status GetFunnel(grpc::ServerContext* context,
                         const fightsftickets::payment::v1::GetFunnelRequest* request,
                         fightsftickets::payment::v1::GetFunnelResponse* response) override;

 private:
  absl::Status Accept(const fightsftickets::payment::v1::ResolveRequest& request,
                      fightsftickets::payment::v1::ResolveResponse& response,
                      rpc::Deadline deadline);
  absl::Status GiveBack(const fightsftickets::payment::v1::ResolveRequest& request,
                        fightsftickets::payment::v1::ResolveResponse& response,
                        rpc::Deadline deadline);

  rpc::ServiceGuard guard_;
  const Parts parts_;
  const std::function<void()> wake_workers_;
  metrics::Counter& paid_;
};

}  // namespace fsft::payment
