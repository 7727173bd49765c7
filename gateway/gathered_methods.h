// Methods that are called so often that what comes together is sent together: Kinds of Together.
#pragma once

#include <optional>
#include <utility>

#include "fightsftickets/intake/v1/intake.grpc.pb.h"
#include "fightsftickets/payment/v1/payments.grpc.pb.h"
#include "shared/rpc/client.h"

namespace fsft::gateway {

namespace intake = fightsftickets::intake::v1;
namespace payment = fightsftickets::payment::v1;

struct SubmittingAppeals {
  using Service = intake::IntakeService;
  using Request = intake::SubmitAppealRequest;
  using Response = intake::SubmitAppealResponse;
  using Requests = intake::SubmitAppealsRequest;
  using Responses = intake::SubmitAppealsResponse;

  static constexpr rpc::Method<Service, Request, Response> kOne =
      &rpc::Methods<Service>::SubmitAppeal;
  static constexpr rpc::Method<Service, Requests, Responses> kMany =
      &rpc::Methods<Service>::SubmitAppeals;

  // What belongs to an intake.
  static bool GoesAlone(const Request& request) {
    return !request.intake_id().empty() || !request.draft_id().empty() ||
           !request.access_token().empty();
  }
  static Request& Add(Requests& requests) { return *requests.add_appeals(); }
  static auto& ElementsOf(Responses& responses) { return *responses.mutable_appeals(); }
  static std::optional<Response> AnswerIn(intake::SubmittedAppeal& element) {
    if (!element.has_stored()) return std::nullopt;
    return std::move(*element.mutable_stored());
  }
};

struct HandlingStripeWebhooks {
  using Service = payment::PaymentsService;
  using Request = payment::HandleStripeWebhookRequest;
  using Response = payment::HandleStripeWebhookResponse;
  using Requests = payment::HandleStripeWebhooksRequest;
  using Responses = payment::HandleStripeWebhooksResponse;

  static constexpr rpc::Method<Service, Request, Response> kOne =
      &rpc::Methods<Service>::HandleStripeWebhook;
  static constexpr rpc::Method<Service, Requests, Responses> kMany =
      &rpc::Methods<Service>::HandleStripeWebhooks;

  static bool GoesAlone(const Request&) { return false; }
  static Request& Add(Requests& requests) { return *requests.add_webhooks(); }
  static auto& ElementsOf(Responses& responses) { return *responses.mutable_webhooks(); }
  static std::optional<Response> AnswerIn(payment::HandledStripeWebhook& element) {
    if (!element.has_taken()) return std::nullopt;
    return std::move(*element.mutable_taken());
  }
};

}  // namespace fsft::gateway
