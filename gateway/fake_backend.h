// A backend for tests: answers what the test sets, remembers what it was asked.
#pragma once

#include "gateway/backend.h"

namespace fsft::gateway {

// One method: the answer that the test sets, and the request that came last.
template <class Request, class Response>
struct FakeMethod {
  absl::StatusOr<Response> answer = absl::UnimplementedError("the test did not set an answer");
  Request request;
  int calls = 0;

  absl::StatusOr<Response> operator()(const Request& given) {
    request = given;
    ++calls;
    return answer;
  }
};

// One thread.
class FakeBackend final : public Backend {
 public:
  FakeMethod<intake::ListCitiesRequest, intake::ListCitiesResponse> list_cities;
  FakeMethod<intake::ValidateCitationRequest, intake::ValidateCitationResponse> validate_citation;
  FakeMethod<intake::GenerateDraftRequest, intake::GenerateDraftResponse> generate_draft;
  FakeMethod<intake::CreateIntakeRequest, intake::CreateIntakeResponse> create_intake;
  FakeMethod<intake::UpdateIntakeRequest, intake::UpdateIntakeResponse> update_intake;
  FakeMethod<intake::SaveDraftRequest, intake::SaveDraftResponse> save_draft;
  FakeMethod<intake::AddExhibitRequest, intake::AddExhibitResponse> add_exhibit;
  FakeMethod<intake::RemoveExhibitRequest, intake::RemoveExhibitResponse> remove_exhibit;
  FakeMethod<intake::SubmitAppealRequest, intake::SubmitAppealResponse> submit_appeal;
  FakeMethod<intake::ComposeSubmissionRequest, intake::ComposeSubmissionResponse>
      compose_submission;
  FakeMethod<intake::GetIntakeRequest, intake::GetIntakeResponse> get_intake;
  FakeMethod<intake::LookUpRequest, intake::LookUpResponse> look_up;
  FakeMethod<intake::OpenSupportRequestRequest, intake::OpenSupportRequestResponse>
      open_support_request;
  FakeMethod<intake::SearchRequest, intake::SearchResponse> search;
  FakeMethod<intake::EraseRequest, intake::EraseResponse> erase;
  FakeMethod<intake::RevokeTokenRequest, intake::RevokeTokenResponse> revoke_token;
  FakeMethod<intake::ListSupportRequestsRequest, intake::ListSupportRequestsResponse>
      list_support_requests;
  FakeMethod<payment::CreateCheckoutRequest, payment::CreateCheckoutResponse> create_checkout;
  FakeMethod<payment::EndCheckoutRequest, payment::EndCheckoutResponse> end_checkout;
  FakeMethod<payment::GetOrderRequest, payment::GetOrderResponse> get_order;
  FakeMethod<payment::HandleStripeWebhookRequest, payment::HandleStripeWebhookResponse> webhook;
  FakeMethod<payment::RefundRequest, payment::RefundResponse> refund;
  FakeMethod<payment::ResolveRequest, payment::ResolveResponse> resolve;
  FakeMethod<payment::ReconcileRequest, payment::ReconcileResponse> reconcile;
  FakeMethod<payment::ListRequest, payment::ListResponse> list_payments;
  FakeMethod<payment::GetAuditTrailRequest, payment::GetAuditTrailResponse> payment_trail;
  FakeMethod<payment::ListActivityRequest, payment::ListActivityResponse> payment_activity;
  FakeMethod<payment::GetStatsRequest, payment::GetStatsResponse> payment_stats;
  FakeMethod<payment::GetFunnelRequest, payment::GetFunnelResponse> funnel;
  FakeMethod<fulfillment::CheckAddressRequest, fulfillment::CheckAddressResponse> check_address;
  FakeMethod<fulfillment::GetLetterRequest, fulfillment::GetLetterResponse> get_letter;
  FakeMethod<fulfillment::RenderPreviewRequest, fulfillment::RenderPreviewResponse> render_preview;
  FakeMethod<fulfillment::HandleLobWebhookRequest, fulfillment::HandleLobWebhookResponse>
      lob_webhook;
  FakeMethod<fulfillment::ListRequest, fulfillment::ListResponse> list_letters;
  FakeMethod<fulfillment::GetAuditTrailRequest, fulfillment::GetAuditTrailResponse> letter_trail;
  FakeMethod<fulfillment::ListActivityRequest, fulfillment::ListActivityResponse> letter_activity;
  FakeMethod<fulfillment::GetStatsRequest, fulfillment::GetStatsResponse> letter_stats;
  FakeMethod<fulfillment::RetryRequest, fulfillment::RetryResponse> retry;
  FakeMethod<fulfillment::CancelRequest, fulfillment::CancelResponse> cancel_letter;
  FakeMethod<fulfillment::NewGenerationRequest, fulfillment::NewGenerationResponse> new_generation;
  FakeMethod<fulfillment::PauseRequest, fulfillment::PauseResponse> pause;
  FakeMethod<fulfillment::ResumeRequest, fulfillment::ResumeResponse> resume;
  absl::Status health[3];
  absl::StatusOr<payment::GetStatusResponse> payment_status = payment::GetStatusResponse();
  absl::StatusOr<fulfillment::GetStatusResponse> fulfillment_status =
      fulfillment::GetStatusResponse();

  absl::StatusOr<intake::ListCitiesResponse> ListCities(const intake::ListCitiesRequest& request,
                                                        rpc::Deadline) override {
    return list_cities(request);
  }
  absl::StatusOr<intake::ValidateCitationResponse> ValidateCitation(
      const intake::ValidateCitationRequest& request, rpc::Deadline) override {
    return validate_citation(request);
  }
  absl::StatusOr<intake::GenerateDraftResponse> GenerateDraft(
      const intake::GenerateDraftRequest& request, rpc::Deadline) override {
    return generate_draft(request);
  }
  absl::StatusOr<intake::CreateIntakeResponse> CreateIntake(
      const intake::CreateIntakeRequest& request, rpc::Deadline) override {
    return create_intake(request);
  }
  absl::StatusOr<intake::UpdateIntakeResponse> UpdateIntake(
      const intake::UpdateIntakeRequest& request, rpc::Deadline) override {
    return update_intake(request);
  }
  absl::StatusOr<intake::SaveDraftResponse> SaveDraft(const intake::SaveDraftRequest& request,
                                                      rpc::Deadline) override {
    return save_draft(request);
  }
  absl::StatusOr<intake::AddExhibitResponse> AddExhibit(const intake::AddExhibitRequest& request,
                                                        rpc::Deadline) override {
    return add_exhibit(request);
  }
  absl::StatusOr<intake::RemoveExhibitResponse> RemoveExhibit(
      const intake::RemoveExhibitRequest& request, rpc::Deadline) override {
    return remove_exhibit(request);
  }
  absl::StatusOr<intake::SubmitAppealResponse> SubmitAppeal(
      const intake::SubmitAppealRequest& request, rpc::Deadline) override {
    return submit_appeal(request);
  }
  absl::StatusOr<intake::ComposeSubmissionResponse> ComposeSubmission(
      const intake::ComposeSubmissionRequest& request, rpc::Deadline) override {
    return compose_submission(request);
  }
  absl::StatusOr<intake::GetIntakeResponse> GetIntake(const intake::GetIntakeRequest& request,
                                                      rpc::Deadline) override {
    return get_intake(request);
  }
  absl::StatusOr<intake::LookUpResponse> LookUp(const intake::LookUpRequest& request,
                                                rpc::Deadline) override {
    return look_up(request);
  }
  absl::StatusOr<intake::OpenSupportRequestResponse> OpenSupportRequest(
      const intake::OpenSupportRequestRequest& request, rpc::Deadline) override {
    return open_support_request(request);
  }
  absl::StatusOr<intake::SearchResponse> Search(const intake::SearchRequest& request,
                                                rpc::Deadline) override {
    return search(request);
  }
  absl::StatusOr<intake::EraseResponse> Erase(const intake::EraseRequest& request,
                                              rpc::Deadline) override {
    return erase(request);
  }
  absl::StatusOr<intake::RevokeTokenResponse> RevokeToken(const intake::RevokeTokenRequest& request,
                                                          rpc::Deadline) override {
    return revoke_token(request);
  }
  absl::StatusOr<intake::ListSupportRequestsResponse> ListSupportRequests(
      const intake::ListSupportRequestsRequest& request, rpc::Deadline) override {
    return list_support_requests(request);
  }
  absl::StatusOr<payment::CreateCheckoutResponse> CreateCheckout(
      const payment::CreateCheckoutRequest& request, rpc::Deadline) override {
    return create_checkout(request);
  }
  absl::StatusOr<payment::EndCheckoutResponse> EndCheckout(
      const payment::EndCheckoutRequest& request, rpc::Deadline) override {
    return end_checkout(request);
  }
  absl::StatusOr<payment::GetOrderResponse> GetOrder(const payment::GetOrderRequest& request,
                                                     rpc::Deadline) override {
    return get_order(request);
  }
  absl::StatusOr<payment::HandleStripeWebhookResponse> HandleStripeWebhook(
      const payment::HandleStripeWebhookRequest& request, rpc::Deadline) override {
    return webhook(request);
  }
  absl::StatusOr<payment::RefundResponse> Refund(const payment::RefundRequest& request,
                                                 rpc::Deadline) override {
    return refund(request);
  }
  absl::StatusOr<payment::ResolveResponse> Resolve(const payment::ResolveRequest& request,
                                                   rpc::Deadline) override {
    return resolve(request);
  }
  absl::StatusOr<payment::ReconcileResponse> Reconcile(const payment::ReconcileRequest& request,
                                                       rpc::Deadline) override {
    return reconcile(request);
  }
  absl::StatusOr<payment::ListResponse> ListPayments(const payment::ListRequest& request,
                                                     rpc::Deadline) override {
    return list_payments(request);
  }
  absl::StatusOr<payment::GetAuditTrailResponse> GetPaymentTrail(
      const payment::GetAuditTrailRequest& request, rpc::Deadline) override {
    return payment_trail(request);
  }
  absl::StatusOr<payment::ListActivityResponse> ListPaymentActivity(
      const payment::ListActivityRequest& request, rpc::Deadline) override {
    return payment_activity(request);
  }
  absl::StatusOr<payment::GetStatsResponse> GetPaymentStats(const payment::GetStatsRequest& request,
                                                            rpc::Deadline) override {
    return payment_stats(request);
  }
  absl::StatusOr<payment::GetFunnelResponse> GetFunnel(const payment::GetFunnelRequest& request,
                                                       rpc::Deadline) override {
    return funnel(request);
  }
  absl::StatusOr<fulfillment::CheckAddressResponse> CheckAddress(
      const fulfillment::CheckAddressRequest& request, rpc::Deadline) override {
    return check_address(request);
  }
  absl::StatusOr<fulfillment::GetLetterResponse> GetLetter(
      const fulfillment::GetLetterRequest& request, rpc::Deadline) override {
    return get_letter(request);
  }
  absl::StatusOr<fulfillment::RenderPreviewResponse> RenderPreview(
      const fulfillment::RenderPreviewRequest& request, rpc::Deadline) override {
    return render_preview(request);
  }
  absl::StatusOr<fulfillment::HandleLobWebhookResponse> HandleLobWebhook(
      const fulfillment::HandleLobWebhookRequest& request, rpc::Deadline) override {
    return lob_webhook(request);
  }
  absl::StatusOr<fulfillment::ListResponse> ListLetters(const fulfillment::ListRequest& request,
                                                        rpc::Deadline) override {
    return list_letters(request);
  }
  absl::StatusOr<fulfillment::GetAuditTrailResponse> GetLetterTrail(
      const fulfillment::GetAuditTrailRequest& request, rpc::Deadline) override {
    return letter_trail(request);
  }
  absl::StatusOr<fulfillment::ListActivityResponse> ListLetterActivity(
      const fulfillment::ListActivityRequest& request, rpc::Deadline) override {
    return letter_activity(request);
  }
  absl::StatusOr<fulfillment::GetStatsResponse> GetLetterStats(
      const fulfillment::GetStatsRequest& request, rpc::Deadline) override {
    return letter_stats(request);
  }
  absl::StatusOr<fulfillment::RetryResponse> Retry(const fulfillment::RetryRequest& request,
                                                   rpc::Deadline) override {
    return retry(request);
  }
  absl::StatusOr<fulfillment::CancelResponse> CancelLetter(
      const fulfillment::CancelRequest& request, rpc::Deadline) override {
    return cancel_letter(request);
  }
  absl::StatusOr<fulfillment::NewGenerationResponse> NewGeneration(
      const fulfillment::NewGenerationRequest& request, rpc::Deadline) override {
    return new_generation(request);
  }
  absl::StatusOr<fulfillment::PauseResponse> PauseMailing(const fulfillment::PauseRequest& request,
                                                          rpc::Deadline) override {
    return pause(request);
  }
  absl::StatusOr<fulfillment::ResumeResponse> ResumeMailing(
      const fulfillment::ResumeRequest& request, rpc::Deadline) override {
    return resume(request);
  }
  absl::Status CheckHealth(Service service, rpc::Deadline) override {
    return health[static_cast<int>(service)];
  }
  absl::StatusOr<payment::GetStatusResponse> PaymentStatus(rpc::Deadline) override {
    return payment_status;
  }
  absl::StatusOr<fulfillment::GetStatusResponse> FulfillmentStatus(rpc::Deadline) override {
    return fulfillment_status;
  }
};

}  // namespace fsft::gateway
