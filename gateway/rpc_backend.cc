#include "gateway/rpc_backend.h"

#include "fightsftickets/fulfillment/v1/addresses.grpc.pb.h"
#include "fightsftickets/fulfillment/v1/admin.grpc.pb.h"
#include "fightsftickets/fulfillment/v1/letters.grpc.pb.h"
#include "fightsftickets/intake/v1/admin.grpc.pb.h"
#include "fightsftickets/intake/v1/intake.grpc.pb.h"
#include "fightsftickets/payment/v1/admin.grpc.pb.h"
#include "fightsftickets/payment/v1/payments.grpc.pb.h"
#include "gateway/gathered_methods.h"
#include "gateway/order_lookups.h"
#include "gateway/together.h"
#include "shared/rpc/client.h"
#include "shared/rpc/health.h"

namespace fsft::gateway {
namespace {

using rpc::Deadline;
using rpc::Methods;
using SharedChannels = std::shared_ptr<const rpc::Channels>;

// The printer takes 5 MiB; the rest is for what is sent with it.
constexpr int kLargestLetter = 6 << 20;

class RpcBackend final : public Backend {
 public:
  RpcBackend(const SharedChannels& intake, const SharedChannels& payment,
             const SharedChannels& fulfillment)
      : intake_channels_(intake),
        payment_channels_(payment),
        fulfillment_channels_(fulfillment),
        intake_(intake),
        appeals_(intake_),
        intake_admin_(intake),
        payments_(payment),
        order_lookups_(payments_),
        stripe_webhooks_(payments_),
        payment_admin_(payment),
        addresses_(fulfillment),
        letters_(fulfillment),
        fulfillment_admin_(fulfillment) {}

  absl::StatusOr<intake::ListCitiesResponse> ListCities(const intake::ListCitiesRequest& request,
                                                        Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::ListCities, request, deadline);
  }
  absl::StatusOr<intake::ValidateCitationResponse> ValidateCitation(
      const intake::ValidateCitationRequest& request, Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::ValidateCitation, request, deadline);
  }
  absl::StatusOr<intake::GenerateDraftResponse> GenerateDraft(
      const intake::GenerateDraftRequest& request, Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::GenerateDraft, request, deadline);
  }
  absl::StatusOr<intake::CreateIntakeResponse> CreateIntake(
      const intake::CreateIntakeRequest& request, Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::CreateIntake, request, deadline);
  }
  absl::StatusOr<intake::UpdateIntakeResponse> UpdateIntake(
      const intake::UpdateIntakeRequest& request, Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::UpdateIntake, request, deadline);
  }
  absl::StatusOr<intake::SaveDraftResponse> SaveDraft(const intake::SaveDraftRequest& request,
                                                      Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::SaveDraft, request, deadline);
  }
  absl::StatusOr<intake::AddExhibitResponse> AddExhibit(const intake::AddExhibitRequest& request,
                                                        Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::AddExhibit, request, deadline);
  }
  absl::StatusOr<intake::RemoveExhibitResponse> RemoveExhibit(
      const intake::RemoveExhibitRequest& request, Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::RemoveExhibit, request, deadline);
  }
  absl::StatusOr<intake::SubmitAppealResponse> SubmitAppeal(
      const intake::SubmitAppealRequest& request, Deadline deadline) override {
    return appeals_.Call(request, deadline);
  }
  absl::StatusOr<intake::ComposeSubmissionResponse> ComposeSubmission(
      const intake::ComposeSubmissionRequest& request, Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::ComposeSubmission, request, deadline);
  }
  absl::StatusOr<intake::GetIntakeResponse> GetIntake(const intake::GetIntakeRequest& request,
                                                      Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::GetIntake, request, deadline);
  }
  absl::StatusOr<intake::LookUpResponse> LookUp(const intake::LookUpRequest& request,
                                                Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::LookUp, request, deadline);
  }
  absl::StatusOr<intake::OpenSupportRequestResponse> OpenSupportRequest(
      const intake::OpenSupportRequestRequest& request, Deadline deadline) override {
    return intake_.Call(&Methods<intake::IntakeService>::OpenSupportRequest, request, deadline);
  }

  absl::StatusOr<intake::SearchResponse> Search(const intake::SearchRequest& request,
                                                Deadline deadline) override {
    return intake_admin_.Call(&Methods<intake::IntakeAdminService>::Search, request, deadline);
  }
  absl::StatusOr<intake::EraseResponse> Erase(const intake::EraseRequest& request,
                                              Deadline deadline) override {
    return intake_admin_.Call(&Methods<intake::IntakeAdminService>::Erase, request, deadline);
  }
  absl::StatusOr<intake::RevokeTokenResponse> RevokeToken(const intake::RevokeTokenRequest& request,
                                                          Deadline deadline) override {
    return intake_admin_.CallOnce(&Methods<intake::IntakeAdminService>::RevokeToken, request,
                                  deadline);
  }
  absl::StatusOr<intake::ListSupportRequestsResponse> ListSupportRequests(
      const intake::ListSupportRequestsRequest& request, Deadline deadline) override {
    return intake_admin_.Call(&Methods<intake::IntakeAdminService>::ListSupportRequests, request,
                              deadline);
  }

  absl::StatusOr<payment::CreateCheckoutResponse> CreateCheckout(
      const payment::CreateCheckoutRequest& request, Deadline deadline) override {
    return payments_.Call(&Methods<payment::PaymentsService>::CreateCheckout, request, deadline);
  }
  absl::StatusOr<payment::EndCheckoutResponse> EndCheckout(
      const payment::EndCheckoutRequest& request, Deadline deadline) override {
    return payments_.Call(&Methods<payment::PaymentsService>::EndCheckout, request, deadline);
  }
  absl::StatusOr<payment::GetOrderResponse> GetOrder(const payment::GetOrderRequest& request,
                                                     Deadline deadline) override {
    return order_lookups_.Get(request, deadline);
  }
  absl::StatusOr<payment::HandleStripeWebhookResponse> HandleStripeWebhook(
      const payment::HandleStripeWebhookRequest& request, Deadline deadline) override {
    return stripe_webhooks_.Call(request, deadline);
  }
  absl::StatusOr<payment::RefundResponse> Refund(const payment::RefundRequest& request,
                                                 Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::Refund, request, deadline);
  }
  absl::StatusOr<payment::ResolveResponse> Resolve(const payment::ResolveRequest& request,
                                                   Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::Resolve, request, deadline);
  }
  absl::StatusOr<payment::ReconcileResponse> Reconcile(const payment::ReconcileRequest& request,
                                                       Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::Reconcile, request,
                               deadline);
  }
  absl::StatusOr<payment::ListResponse> ListPayments(const payment::ListRequest& request,
                                                     Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::List, request, deadline);
  }
  absl::StatusOr<payment::GetAuditTrailResponse> GetPaymentTrail(
      const payment::GetAuditTrailRequest& request, Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::GetAuditTrail, request,
                               deadline);
  }
  absl::StatusOr<payment::ListActivityResponse> ListPaymentActivity(
      const payment::ListActivityRequest& request, Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::ListActivity, request,
                               deadline);
  }
  absl::StatusOr<payment::GetStatsResponse> GetPaymentStats(const payment::GetStatsRequest& request,
                                                            Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::GetStats, request, deadline);
  }
  absl::StatusOr<payment::GetFunnelResponse> GetFunnel(const payment::GetFunnelRequest& request,
                                                       Deadline deadline) override {
    return payment_admin_.Call(&Methods<payment::PaymentAdminService>::GetFunnel, request,
                               deadline);
  }

  absl::StatusOr<fulfillment::CheckAddressResponse> CheckAddress(
      const fulfillment::CheckAddressRequest& request, Deadline deadline) override {
    return addresses_.Call(&Methods<fulfillment::AddressesService>::CheckAddress, request,
                           deadline);
  }
  absl::StatusOr<fulfillment::GetLetterResponse> GetLetter(
      const fulfillment::GetLetterRequest& request, Deadline deadline) override {
    return letters_.Call(&Methods<fulfillment::LettersService>::GetLetter, request, deadline);
  }
  absl::StatusOr<fulfillment::RenderPreviewResponse> RenderPreview(
      const fulfillment::RenderPreviewRequest& request, Deadline deadline) override {
    return letters_.Call(&Methods<fulfillment::LettersService>::RenderPreview, request, deadline);
  }
  absl::StatusOr<fulfillment::RetryResponse> Retry(const fulfillment::RetryRequest& request,
                                                   Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::Retry, request,
                                   deadline);
  }
  absl::StatusOr<fulfillment::HandleLobWebhookResponse> HandleLobWebhook(
      const fulfillment::HandleLobWebhookRequest& request, Deadline deadline) override {
    return letters_.Call(&Methods<fulfillment::LettersService>::HandleLobWebhook, request,
                         deadline);
  }
  absl::StatusOr<fulfillment::ListResponse> ListLetters(const fulfillment::ListRequest& request,
                                                        Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::List, request,
                                   deadline);
  }
  absl::StatusOr<fulfillment::GetAuditTrailResponse> GetLetterTrail(
      const fulfillment::GetAuditTrailRequest& request, Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::GetAuditTrail,
                                   request, deadline);
  }
  absl::StatusOr<fulfillment::ListActivityResponse> ListLetterActivity(
      const fulfillment::ListActivityRequest& request, Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::ListActivity,
                                   request, deadline);
  }
  absl::StatusOr<fulfillment::GetStatsResponse> GetLetterStats(
      const fulfillment::GetStatsRequest& request, Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::GetStats,
                                   request, deadline);
  }
  absl::StatusOr<fulfillment::CancelResponse> CancelLetter(
      const fulfillment::CancelRequest& request, Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::Cancel, request,
                                   deadline);
  }
  absl::StatusOr<fulfillment::NewGenerationResponse> NewGeneration(
      const fulfillment::NewGenerationRequest& request, Deadline deadline) override {
    return fulfillment_admin_.CallOnce(
        &Methods<fulfillment::FulfillmentAdminService>::NewGeneration, request, deadline);
  }
  absl::StatusOr<fulfillment::PauseResponse> PauseMailing(const fulfillment::PauseRequest& request,
                                                          Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::Pause, request,
                                   deadline);
  }
  absl::StatusOr<fulfillment::ResumeResponse> ResumeMailing(
      const fulfillment::ResumeRequest& request, Deadline deadline) override {
    return fulfillment_admin_.Call(&Methods<fulfillment::FulfillmentAdminService>::Resume, request,
                                   deadline);
  }

  absl::Status CheckHealth(Service service, Deadline deadline) override {
    return rpc::CheckHealth(ChannelsOf(service), deadline);
  }
  absl::StatusOr<payment::GetStatusResponse> PaymentStatus(Deadline deadline) override {
    return payments_.Call(&Methods<payment::PaymentsService>::GetStatus,
                          payment::GetStatusRequest(), deadline);
  }
  absl::StatusOr<fulfillment::GetStatusResponse> FulfillmentStatus(Deadline deadline) override {
    return letters_.Call(&Methods<fulfillment::LettersService>::GetStatus,
                         fulfillment::GetStatusRequest(), deadline);
  }

 private:
  const rpc::Channels& ChannelsOf(Service service) const {
    switch (service) {
      case Service::kIntake:
        return *intake_channels_;
      case Service::kPayment:
        return *payment_channels_;
      default:
        return *fulfillment_channels_;
    }
  }

  const SharedChannels intake_channels_;
  const SharedChannels payment_channels_;
  const SharedChannels fulfillment_channels_;
  const rpc::Client<intake::IntakeService> intake_;
  Together<SubmittingAppeals> appeals_;
  const rpc::Client<intake::IntakeAdminService> intake_admin_;
  const rpc::Client<payment::PaymentsService> payments_;
  OrderLookups order_lookups_;
  Together<HandlingStripeWebhooks> stripe_webhooks_;
  const rpc::Client<payment::PaymentAdminService> payment_admin_;
  const rpc::Client<fulfillment::AddressesService> addresses_;
  const rpc::Client<fulfillment::LettersService> letters_;
  const rpc::Client<fulfillment::FulfillmentAdminService> fulfillment_admin_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> OpenRpcBackend(const config::Config& config,
                                                        metrics::Registry& metrics) {
  const auto open = [&](const std::string& target, const char* name) {
    return rpc::Channels::Open(rpc::ChannelsOptionsOf(config, target, name), metrics);
  };
  auto intake = open(config.intake_target, "intake");
  if (!intake.ok()) return intake.status();
  auto payment = open(config.payment_target, "payment");
  if (!payment.ok()) return payment.status();
  // gRPC's 4 MiB would do for everything but a letter with photographs.
  rpc::ChannelsOptions letters =
      rpc::ChannelsOptionsOf(config, config.fulfillment_target, "fulfillment");
  letters.max_receive_bytes = kLargestLetter;
  auto fulfillment = rpc::Channels::Open(letters, metrics);
  if (!fulfillment.ok()) return fulfillment.status();
  return std::make_unique<RpcBackend>(*intake, *payment, *fulfillment);
}

}  // namespace fsft::gateway
