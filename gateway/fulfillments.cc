// What an operator does with one letter: put it back into the queue, or cancel it.
#include "gateway/handlers.h"
#include "gateway/json_response.h"
#include "gateway/order_ids.h"
#include "gateway/words.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

// Fulfillment knows an order only after it was paid, so these are answered from payment's state.
absl::Status RefuseUnpaid(payment::PaymentState state) {
  const auto refuse = [](std::string_view reason, std::string_view message) {
    return rpc::Error(absl::StatusCode::kFailedPrecondition, reason, message);
  };
  switch (state) {
    case payment::PAYMENT_STATE_PENDING:
      return refuse("pending", "The order is not paid yet.");
    case payment::PAYMENT_STATE_EXPIRED:
      return refuse("expired", "The order was never paid.");
    case payment::PAYMENT_STATE_FAILED:
      return refuse("failed", "The order's payment failed.");
    case payment::PAYMENT_STATE_REVIEW:
      return refuse("in_review", "The order's payment is in review.");
    default:
      return absl::OkStatus();
  }
}

std::string_view RetryStatus(fulfillment::RetryOutcome outcome) {
  switch (outcome) {
    case fulfillment::RETRY_OUTCOME_QUEUED:
      return "queued";
    case fulfillment::RETRY_OUTCOME_ALREADY_FULFILLED:
      return "already_fulfilled";
    case fulfillment::RETRY_OUTCOME_NEEDS_NEW_GENERATION:
      return "needs_new_generation";
    default:
      return "in_progress";
  }
}

http::Response RetryResponse(const payment::GetOrderResponse& order,
                             fulfillment::RetryOutcome outcome,
                             fightsftickets::common::v1::DeliveryState state) {
  return JsonResponse({{"status", RetryStatus(outcome)},
                       {"state", DeliveryStateName(state)},
                       {"payment_id", order.payment_id()}});
}

// ?undo_cancel=true: in the query, because these routes need no body.
absl::StatusOr<bool> UndoesCancel(const Call& call) {
  const std::string_view text = call.request.Parameter("undo_cancel");
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return rpc::InvalidFields(
      {rpc::Violation("undo_cancel", "wrong_type", "Must be true or false.")});
}

absl::StatusOr<http::Response> RetryOrder(const Services& services, const Call& call,
                                          const absl::StatusOr<payment::GetOrderResponse>& order) {
  if (!order.ok()) return order.status();
  const absl::StatusOr<bool> undo_cancel = UndoesCancel(call);
  if (!undo_cancel.ok()) return undo_cancel.status();
  if (absl::Status status = RefuseUnpaid(order->payment_state()); !status.ok()) return status;

  fulfillment::RetryRequest request;
  request.set_payment_id(order->payment_id());
  request.set_actor(std::string(call.operator_name));
  request.set_undo_cancel(*undo_cancel);
  const auto retried = services.backend.Retry(request, call.deadline);
  // Paid, and not yet told to fulfillment: payment's outbox is going to, so there is nothing to
  // retry.
  if (absl::IsNotFound(retried.status())) {
    return RetryResponse(*order, fulfillment::RETRY_OUTCOME_IN_PROGRESS, order->delivery_state());
  }
  if (!retried.ok()) return retried.status();
  return RetryResponse(*order, retried->outcome(), retried->state());
}

}  // namespace

absl::StatusOr<http::Response> RetryFulfillment(const Services& services, const Call& call) {
  return RetryOrder(services, call, OrderOfSession(services, call));
}

absl::StatusOr<http::Response> RetryLetter(const Services& services, const Call& call) {
  return RetryOrder(services, call, OrderOfPayment(services, call));
}

// The money stays where it is: refund_status says how much of it has gone back so far.
absl::StatusOr<http::Response> CancelLetter(const Services& services, const Call& call) {
  const auto order = OrderOfPayment(services, call);
  if (!order.ok()) return order.status();
  if (absl::Status status = RefuseUnpaid(order->payment_state()); !status.ok()) return status;

  fulfillment::CancelRequest request;
  request.set_payment_id(order->payment_id());
  request.set_actor(std::string(call.operator_name));
  const auto cancelled = services.backend.CancelLetter(request, call.deadline);
  // Nothing is kept of a wish to cancel what is not there yet, so it must be said again.
  if (absl::IsNotFound(cancelled.status())) {
    return rpc::Error(absl::StatusCode::kUnavailable, "not_queued",
                      "The order is paid, and on its way to the mailing; ask again.");
  }
  if (!cancelled.ok()) return cancelled.status();
  const std::string state = DeliveryStateName(cancelled->state());
  return JsonResponse({{"status", state},
                       {"state", state},
                       {"payment_id", order->payment_id()},
                       {"refund_status", RefundStatus(*order)}});
}

}  // namespace fsft::gateway
