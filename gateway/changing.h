// Changes of an appeal that its customer may be paying for at this moment.
#pragma once

#include "gateway/handler.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {

// Asks intake for a change. Where intake says that the appeal can still be paid as it is, that is
// ended at payment first; only whoever has the token gets that far. Money that was faster is
// payment's error "already_paid".
template <class Request, class Response>
absl::StatusOr<Response> Change(const Services& services, const Call& call, Request request,
                                absl::StatusOr<Response> (Backend::*method)(const Request&,
                                                                            rpc::Deadline)) {
  absl::StatusOr<Response> answer = (services.backend.*method)(request, call.deadline);
  if (rpc::DetailOf(answer.status()).reason() != "checkout_open") return answer;
  payment::EndCheckoutRequest end;
  end.set_intake_id(request.intake_id());
  const auto ended = services.backend.EndCheckout(end, call.deadline);
  if (!ended.ok()) return ended.status();
  request.set_checkout_ended(true);
  return (services.backend.*method)(request, call.deadline);
}

}  // namespace fsft::gateway
