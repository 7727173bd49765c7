#include "gateway/stripe_webhooks.h"

#include <iterator>
#include <span>
#include <vector>

namespace fsft::gateway {
namespace {

using Payments = rpc::Methods<payment::PaymentsService>;

// An event has a few thousand bytes; a larger one goes alone. Payment takes a hundred together, and
// messages of 4 MiB.
constexpr size_t kLargest = 32 << 10;
constexpr size_t kMost = 64;
static_assert(kLargest * kMost < 3 << 20);

// Without the detour of those that are not taken together, which go once more.
absl::StatusOr<std::vector<payment::HandledStripeWebhook>> SendOne(
    const rpc::Client<payment::PaymentsService>& payments,
    const payment::HandleStripeWebhookRequest& request, rpc::Deadline deadline) {
  auto taken = payments.Call(&Payments::HandleStripeWebhook, request, deadline);
  if (!taken.ok()) return taken.status();
  std::vector<payment::HandledStripeWebhook> handled(1);
  *handled.front().mutable_taken() = *std::move(taken);
  return handled;
}

absl::StatusOr<std::vector<payment::HandledStripeWebhook>> Send(
    const rpc::Client<payment::PaymentsService>& payments,
    std::span<const payment::HandleStripeWebhookRequest* const> requests, rpc::Deadline deadline) {
  if (requests.size() == 1) return SendOne(payments, *requests.front(), deadline);
  payment::HandleStripeWebhooksRequest together;
  for (const auto* request : requests) *together.add_webhooks() = *request;
  auto handled = payments.Call(&Payments::HandleStripeWebhooks, together, deadline);
  if (!handled.ok()) return handled.status();
  return std::vector<payment::HandledStripeWebhook>(
      std::make_move_iterator(handled->mutable_webhooks()->begin()),
      std::make_move_iterator(handled->mutable_webhooks()->end()));
}

}  // namespace

StripeWebhooks::StripeWebhooks(const rpc::Client<payment::PaymentsService>& payments)
    : payments_(payments),
      // A call that fails by itself, like one that payment cannot read, may be the fault of one.
      gathering_({.at_once = 1, .most = kMost, .may_be_of_one = absl::IsInternal},
                 [&](std::span<const payment::HandleStripeWebhookRequest* const> requests,
                     rpc::Deadline deadline) { return Send(payments, requests, deadline); }) {}

absl::StatusOr<payment::HandleStripeWebhookResponse> StripeWebhooks::Handle(
    const payment::HandleStripeWebhookRequest& request, rpc::Deadline deadline) {
  if (request.payload().size() + request.signature().size() > kLargest) {
    return HandleAlone(request, deadline);
  }
  absl::StatusOr<payment::HandledStripeWebhook> handled = gathering_.Call(request, deadline);
  // A payment service of the last release, while a new one is being rolled out.
  if (absl::IsUnimplemented(handled.status())) return HandleAlone(request, deadline);
  if (!handled.ok()) return handled.status();
  if (!handled->has_taken()) return HandleAlone(request, deadline);
  return std::move(*handled->mutable_taken());
}

absl::StatusOr<payment::HandleStripeWebhookResponse> StripeWebhooks::HandleAlone(
    const payment::HandleStripeWebhookRequest& request, rpc::Deadline deadline) {
  return payments_.Call(&Payments::HandleStripeWebhook, request, deadline);
}

}  // namespace fsft::gateway
