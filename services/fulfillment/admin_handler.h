#pragma once

#include <functional>

#include "fightsftickets/fulfillment/v1/admin.grpc.pb.h"
#include "services/fulfillment/letters_store.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "shared/rpc/guard.h"

namespace fsft::fulfillment {

// fulfillment.v1.FulfillmentAdminService: what operators may do with letters. The gateway has
// checked their tokens.
class AdminHandler final
    : public fightsftickets::fulfillment::v1::FulfillmentAdminService::Service {
 public:
  AdminHandler(rpc::GuardEnvironment& guards, LettersStore& store, MailingStore& mailing,
               std::function<void()> wake_workers);

  grpc::Status Retry(grpc::ServerContext* context,
                     const fightsftickets::fulfillment::v1::RetryRequest* request,
                     fightsftickets::fulfillment::v1::RetryResponse* response) override;
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

 private:
  rpc::ServiceGuard guard_;
  LettersStore& store_;
  MailingStore& mailing_;
  const std::function<void()> wake_workers_;
};

}  // namespace fsft::fulfillment
