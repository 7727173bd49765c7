// The calls that the gateway makes. An interface, so that handlers are tested without a network.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "fightsftickets/fulfillment/v1/addresses.pb.h"
#include "fightsftickets/fulfillment/v1/admin.pb.h"
#include "fightsftickets/fulfillment/v1/letters.pb.h"
#include "fightsftickets/intake/v1/admin.pb.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "fightsftickets/payment/v1/admin.pb.h"
#include "fightsftickets/payment/v1/payments.pb.h"
#include "shared/rpc/deadline.h"

namespace fsft::gateway {

namespace intake = fightsftickets::intake::v1;
namespace payment = fightsftickets::payment::v1;
namespace fulfillment = fightsftickets::fulfillment::v1;

enum class Service { kIntake, kPayment, kFulfillment };

// Thread-safe. Each waits until `deadline` at most; errors are as the proto files say, with their
// ErrorDetail, or UNAVAILABLE and DEADLINE_EXCEEDED of the call itself.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual absl::StatusOr<intake::ListCitiesResponse> ListCities(
      const intake::ListCitiesRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::ValidateCitationResponse> ValidateCitation(
      const intake::ValidateCitationRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::GenerateDraftResponse> GenerateDraft(
      const intake::GenerateDraftRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::CreateIntakeResponse> CreateIntake(
      const intake::CreateIntakeRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::UpdateIntakeResponse> UpdateIntake(
      const intake::UpdateIntakeRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::SaveDraftResponse> SaveDraft(
      const intake::SaveDraftRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::AddExhibitResponse> AddExhibit(
      const intake::AddExhibitRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::RemoveExhibitResponse> RemoveExhibit(
      const intake::RemoveExhibitRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::SubmitAppealResponse> SubmitAppeal(
      const intake::SubmitAppealRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::ComposeSubmissionResponse> ComposeSubmission(
      const intake::ComposeSubmissionRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::GetIntakeResponse> GetIntake(
      const intake::GetIntakeRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::LookUpResponse> LookUp(const intake::LookUpRequest& request,
                                                        rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::OpenSupportRequestResponse> OpenSupportRequest(
      const intake::OpenSupportRequestRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::SearchResponse> Search(const intake::SearchRequest& request,
                                                        rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::EraseResponse> Erase(const intake::EraseRequest& request,
                                                      rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::RevokeTokenResponse> RevokeToken(
      const intake::RevokeTokenRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<intake::ListSupportRequestsResponse> ListSupportRequests(
      const intake::ListSupportRequestsRequest& request, rpc::Deadline deadline) = 0;

  virtual absl::StatusOr<payment::CreateCheckoutResponse> CreateCheckout(
      const payment::CreateCheckoutRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::EndCheckoutResponse> EndCheckout(
      const payment::EndCheckoutRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::GetOrderResponse> GetOrder(
      const payment::GetOrderRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::HandleStripeWebhookResponse> HandleStripeWebhook(
      const payment::HandleStripeWebhookRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::RefundResponse> Refund(const payment::RefundRequest& request,
                                                         rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::ResolveResponse> Resolve(const payment::ResolveRequest& request,
                                                           rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::ReconcileResponse> Reconcile(
      const payment::ReconcileRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::ListResponse> ListPayments(const payment::ListRequest& request,
                                                             rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::GetAuditTrailResponse> GetPaymentTrail(
      const payment::GetAuditTrailRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::ListActivityResponse> ListPaymentActivity(
      const payment::ListActivityRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::GetStatsResponse> GetPaymentStats(
      const payment::GetStatsRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::GetFunnelResponse> GetFunnel(
      const payment::GetFunnelRequest& request, rpc::Deadline deadline) = 0;

  virtual absl::StatusOr<fulfillment::CheckAddressResponse> CheckAddress(
      const fulfillment::CheckAddressRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::GetLetterResponse> GetLetter(
      const fulfillment::GetLetterRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::RenderPreviewResponse> RenderPreview(
      const fulfillment::RenderPreviewRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::HandleLobWebhookResponse> HandleLobWebhook(
      const fulfillment::HandleLobWebhookRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::ListResponse> ListLetters(
      const fulfillment::ListRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::GetAuditTrailResponse> GetLetterTrail(
      const fulfillment::GetAuditTrailRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::ListActivityResponse> ListLetterActivity(
      const fulfillment::ListActivityRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::GetStatsResponse> GetLetterStats(
      const fulfillment::GetStatsRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::RetryResponse> Retry(const fulfillment::RetryRequest& request,
                                                           rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::CancelResponse> CancelLetter(
      const fulfillment::CancelRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::NewGenerationResponse> NewGeneration(
      const fulfillment::NewGenerationRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::PauseResponse> PauseMailing(
      const fulfillment::PauseRequest& request, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::ResumeResponse> ResumeMailing(
      const fulfillment::ResumeRequest& request, rpc::Deadline deadline) = 0;

  // For the probe only, never on the way of a request.
  virtual absl::Status CheckHealth(Service service, rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<payment::GetStatusResponse> PaymentStatus(rpc::Deadline deadline) = 0;
  virtual absl::StatusOr<fulfillment::GetStatusResponse> FulfillmentStatus(
      rpc::Deadline deadline) = 0;
};

}  // namespace fsft::gateway
