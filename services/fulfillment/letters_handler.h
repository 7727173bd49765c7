#pragma once

#include <string>

#include "fightsftickets/fulfillment/v1/letters.grpc.pb.h"
#include "services/fulfillment/letters_store.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "services/fulfillment/previews.h"
#include "services/fulfillment/tracking/lob_webhooks.h"
#include "services/fulfillment/tracking/tracking_store.h"
#include "shared/crypto/key_source.h"
#include "shared/rpc/guard.h"

namespace fsft::fulfillment {

// fulfillment.v1.LettersService: the letter as it is printed, what the printer tells of it, and how
// the service is.
class LettersHandler final : public fightsftickets::fulfillment::v1::LettersService::Service {
 public:
  // All outlive it.
  struct Parts {
    LettersStore& letters;
    MailingStore& mailing;
    TrackingStore& tracking;
    LobWebhooks& webhooks;
    Previews& previews;
    crypto::KeySource& keys;
  };
  // What GetStatus tells of how the service is set up.
  struct Setup {
    std::string mail_mode;  // "live", "test" or "unconfigured"
    bool verifies_addresses = false;
  };
  LettersHandler(rpc::GuardEnvironment& guards, Parts parts, Setup setup);

  grpc::Status GetLetter(grpc::ServerContext* context,
                         const fightsftickets::fulfillment::v1::GetLetterRequest* request,
                         fightsftickets::fulfillment::v1::GetLetterResponse* response) override;
  grpc::Status RenderPreview(
      grpc::ServerContext* context,
      const fightsftickets::fulfillment::v1::RenderPreviewRequest* request,
      fightsftickets::fulfillment::v1::RenderPreviewResponse* response) override;
  grpc::Status HandleLobWebhook(
      grpc::ServerContext* context,
      const fightsftickets::fulfillment::v1::HandleLobWebhookRequest* request,
      fightsftickets::fulfillment::v1::HandleLobWebhookResponse* response) override;
  grpc::Status GetStatus(grpc::ServerContext* context,
                         const fightsftickets::fulfillment::v1::GetStatusRequest* request,
                         fightsftickets::fulfillment::v1::GetStatusResponse* response) override;

 private:
  rpc::ServiceGuard guard_;
  const Parts parts_;
  const Setup setup_;
};

}  // namespace fsft::fulfillment
