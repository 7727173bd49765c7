#pragma once

#include <functional>

#include "fightsftickets/fulfillment/v1/admin.grpc.pb.h"
#include "services/fulfillment/letters_store.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "services/fulfillment/tracking/letter_reports.h"
#include "shared/rpc/guard.h"

namespace fsft::fulfillment {

// fulfillment.v1.FulfillmentAdminService: what operators may do with letters. The gateway has
// checked their tokens.
class AdminHandler final
    : public fightsftickets::fulfillment::v1::FulfillmentAdminService::Service {
 public:
  AdminHandler(rpc::GuardEnvironment& guards, LettersStore& store, MailingStore& mailing,
               LetterReports& reports, std::function<void()> wake_workers);

  grpc::Status Retry(grpc::ServerContext* context,
                     const fightsftickets::fulfillment::v1::RetryRequest* request,
                     fightsftickets::fulfillment::v1::RetryResponse* response) override;
  grpc::Status Cancel(grpc::ServerContext* context,
                      const fightsftickets::fulfillment::v1::CancelRequest* request,
                      fightsftickets::fulfillment::v1::CancelResponse* response) override;
  grpc::Status NewGeneration(
      grpc::ServerContext* context,
      const fightsftickets::fulfillment::v1::NewGenerationRequest* request,
      fightsftickets::fulfillment::v1::NewGenerationResponse* response) override;
  grpc::Status Pause(grpc::ServerContext* context,
                     const fightsftickets::fulfillment::v1::PauseRequest* request,
                     fightsftickets::fulfillment::v1::PauseResponse* response) override;
  grpc::Status Resume(grpc::ServerContext* context,
                      const fightsftickets::fulfillment::v1::ResumeRequest* request,
                      fightsftickets::fulfillment::v1::ResumeResponse* response) override;
  grpc::Status List(grpc::ServerContext* context,
                    const fightsftickets::fulfillment::v1::ListRequest* request,
                    fightsftickets::fulfillment::v1::ListResponse* response) override;
  grpc::Status GetAuditTrail(
      grpc::ServerContext* context,
      const fightsftickets::fulfillment::v1::GetAuditTrailRequest* request,
      fightsftickets::fulfillment::v1::GetAuditTrailResponse* response) override;
  grpc::Status ListActivity(
      grpc::ServerContext* context,
      const fightsftickets::fulfillment::v1::ListActivityRequest* request,
      fightsftickets::fulfillment::v1::ListActivityResponse* response) override;
  grpc::Status GetStats(grpc::ServerContext* context,
                        const fightsftickets::fulfillment::v1::GetStatsRequest* request,
                        fightsftickets::fulfillment::v1::GetStatsResponse* response) override;

 private:
  // What only reads: `ask` answers it by the deadline that it is given.
  template <class Request, class Response, class Ask>
  grpc::Status Report(grpc::ServerContext& context, const char* method, const Request& request,
                      Response& response, Ask ask);

  rpc::ServiceGuard guard_;
  LettersStore& store_;
  MailingStore& mailing_;
  LetterReports& reports_;
  const std::function<void()> wake_workers_;
};

}  // namespace fsft::fulfillment
