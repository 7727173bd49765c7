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
  FakeMethod<intake::SubmitAppealRequest, intake::SubmitAppealResponse> submit_appeal;
  FakeMethod<intake::GetIntakeRequest, intake::GetIntakeResponse> get_intake;
  FakeMethod<payment::CreateCheckoutRequest, payment::CreateCheckoutResponse> create_checkout;
  FakeMethod<payment::GetOrderRequest, payment::GetOrderResponse> get_order;
  FakeMethod<payment::HandleStripeWebhookRequest, payment::HandleStripeWebhookResponse> webhook;
  FakeMethod<fulfillment::GetLetterRequest, fulfillment::GetLetterResponse> get_letter;
  FakeMethod<fulfillment::RetryRequest, fulfillment::RetryResponse> retry;
  FakeMethod<fulfillment::NewGenerationRequest, fulfillment::NewGenerationResponse> new_generation;
  FakeMethod<fulfillment::PauseRequest, fulfillment::PauseResponse> pause;
  FakeMethod<fulfillment::ResumeRequest, fulfillment::ResumeResponse> resume;
  absl::Status health[3];
  absl::StatusOr<payment::GetStatusResponse> payment_status = payment::GetStatusResponse();
  absl::StatusOr<fulfillment::GetStatusResponse> fulfillment_status =
      fulfillment::GetStatusResponse();

  absl::StatusOr<intake::SubmitAppealResponse> SubmitAppeal(
      const intake::SubmitAppealRequest& request, rpc::Deadline) override {
    return submit_appeal(request);
  }
  absl::StatusOr<intake::GetIntakeResponse> GetIntake(const intake::GetIntakeRequest& request,
                                                      rpc::Deadline) override {
    return get_intake(request);
  }
  absl::StatusOr<payment::CreateCheckoutResponse> CreateCheckout(
      const payment::CreateCheckoutRequest& request, rpc::Deadline) override {
    return create_checkout(request);
  }
  absl::StatusOr<payment::GetOrderResponse> GetOrder(const payment::GetOrderRequest& request,
                                                     rpc::Deadline) override {
    return get_order(request);
  }
  absl::StatusOr<payment::HandleStripeWebhookResponse> HandleStripeWebhook(
      const payment::HandleStripeWebhookRequest& request, rpc::Deadline) override {
    return webhook(request);
  }
  absl::StatusOr<fulfillment::GetLetterResponse> GetLetter(
      const fulfillment::GetLetterRequest& request, rpc::Deadline) override {
    return get_letter(request);
  }
  absl::StatusOr<fulfillment::RetryResponse> Retry(const fulfillment::RetryRequest& request,
                                                   rpc::Deadline) override {
    return retry(request);
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
