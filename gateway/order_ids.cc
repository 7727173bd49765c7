#include "gateway/order_ids.h"

#include <algorithm>

#include "shared/ids/uuid.h"
#include "shared/logging/context.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

// Stripe's own form; checked because what does not fit it cannot be known, and need not trouble a
// service.
bool IsSessionId(std::string_view text) {
  constexpr size_t kLongest = 255;
  return text.starts_with("cs_") && text.size() > 3 && text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '_';
         });
}

// From here on the request's lines name the order.
absl::StatusOr<payment::GetOrderResponse> Find(const Services& services,
                                               const payment::GetOrderRequest& request,
                                               rpc::Deadline deadline) {
  auto order = services.backend.GetOrder(request, deadline);
  if (order.ok()) logging::SetPaymentId(order->payment_id());
  return order;
}

}  // namespace

absl::StatusOr<payment::GetOrderResponse> OrderOfSession(const Services& services,
                                                         const Call& call) {
  if (!IsSessionId(call.parameter)) {
    return rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_session_id",
                      "A checkout session's id begins with cs_.");
  }
  payment::GetOrderRequest request;
  request.set_session_id(std::string(call.parameter));
  return Find(services, request, call.deadline);
}

absl::StatusOr<payment::GetOrderResponse> OrderOfPayment(const Services& services,
                                                         const Call& call) {
  if (!ids::IsUuid(call.parameter)) {
    return rpc::Error(absl::StatusCode::kNotFound, "order_not_found", "There is no such order.");
  }
  payment::GetOrderRequest request;
  request.set_payment_id(std::string(call.parameter));
  return Find(services, request, call.deadline);
}

}  // namespace fsft::gateway
