// Taking an order.
#include "gateway/addresses.h"
#include "gateway/appeal_json.h"
#include "gateway/changing.h"
#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/problem.h"
#include "gateway/words.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {

namespace {

// What is stored already, also when payment had too much to do to look at it: whoever asks for help
// has something to name.
absl::Status WithStored(absl::Status status, const intake::SubmitAppealResponse& appeal) {
  return rpc::WithIds(std::move(status),
                      {{"intake_id", appeal.intake_id()}, {"draft_id", appeal.draft_id()}});
}

}  // namespace

// Intake stores the appeal, payment opens the checkout. Repeating the same request after any
// failure in between continues the same order, whatever is said of its address by then: intake
// knows it, and refuses new ones only.
absl::StatusOr<http::Response> CreateSession(const Services& services, const Call& call) {
  absl::StatusOr<intake::SubmitAppealRequest> request = ReadAppeal(call.request, call.access_token);
  if (!request.ok()) return request.status();
  *request->mutable_sender_violations() = UndeliverableParts(services, call, request->sender());
  const auto appeal = Change(services, call, *std::move(request), &Backend::SubmitAppeal);
  if (!appeal.ok()) return appeal.status();

  payment::CreateCheckoutRequest order;
  order.set_intake_id(appeal->intake_id());
  order.set_draft_id(appeal->draft_id());
  order.set_content_sha256(appeal->content_sha256());
  order.set_appeal_type(appeal->appeal_type());
  const auto checkout = services.backend.CreateCheckout(order, call.deadline);
  if (!checkout.ok()) return WithStored(checkout.status(), *appeal);
  logging::SetPaymentId(checkout->payment_id());

  return JsonResponse({{"checkout_url", checkout->checkout_url()},
                       {"session_id", checkout->session_id()},
                       {"amount_total", checkout->amount_cents()},
                       {"currency", checkout->currency()},
                       {"appeal_type", AppealTypeName(appeal->appeal_type())},
                       {"citation_number", appeal->citation_number()},
                       {"payment_id", checkout->payment_id()},
                       {"intake_id", appeal->intake_id()},
                       {"draft_id", appeal->draft_id()},
                       {"access_token", appeal->access_token()}});
}

absl::StatusOr<http::Response> RefuseOldFormat(const Services&, const Call&) {
  return ToResponse(
      {.status = 410,
       .code = "old_format",
       .detail = "This format is gone. Please use POST /api/checkout/create-session."});
}

}  // namespace fsft::gateway
