#include "gateway/order_lookups.h"

#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using Payments = rpc::Methods<payment::PaymentsService>;

absl::StatusOr<std::vector<payment::FoundOrder>> Send(
    const rpc::Client<payment::PaymentsService>& payments,
    std::span<const payment::GetOrderRequest* const> requests, rpc::Deadline deadline) {
  payment::GetOrdersRequest together;
  for (const payment::GetOrderRequest* request : requests) *together.add_orders() = *request;
  auto found = payments.Call(&Payments::GetOrders, together, deadline);
  if (!found.ok()) return found.status();
  return std::vector<payment::FoundOrder>(std::make_move_iterator(found->mutable_orders()->begin()),
                                          std::make_move_iterator(found->mutable_orders()->end()));
}

}  // namespace

OrderLookups::OrderLookups(const rpc::Client<payment::PaymentsService>& payments)
    : payments_(payments),
      gathering_({}, [&](std::span<const payment::GetOrderRequest* const> requests,
                         rpc::Deadline deadline) { return Send(payments, requests, deadline); }) {}

absl::StatusOr<payment::GetOrderResponse> OrderLookups::Get(const payment::GetOrderRequest& request,
                                                            rpc::Deadline deadline) {
  // Of an intake's payments the one that counts is looked for, which is seldom asked.
  if (request.has_intake_id()) return GetAlone(request, deadline);
  absl::StatusOr<payment::FoundOrder> found = gathering_.Call(request, deadline);
  // A payment service of the last release, while a new one is being rolled out.
  if (absl::IsUnimplemented(found.status())) return GetAlone(request, deadline);
  if (!found.ok()) return found.status();
  if (!found->has_order()) {
    return rpc::Error(absl::StatusCode::kNotFound, "order_not_found", "there is no such order");
  }
  // Stripe may know more of it, and whoever asks Stripe must not keep the others waiting.
  if (found->may_be_checked()) return GetAlone(request, deadline);
  return std::move(*found->mutable_order());
}

absl::StatusOr<payment::GetOrderResponse> OrderLookups::GetAlone(
    const payment::GetOrderRequest& request, rpc::Deadline deadline) {
  return payments_.Call(&Payments::GetOrder, request, deadline);
}

}  // namespace fsft::gateway
