#include "shared/rpc/pending_call.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <utility>

#include "absl/synchronization/notification.h"
#include "shared/logging/context.h"
#include "shared/rpc/connection.h"
#include "shared/rpc/grpc_time.h"
#include "shared/rpc/status.h"

namespace fsft::rpc {
namespace {

// Kept for the way back and for what the caller does with the answer: the server gives up first and
// its reason arrives, instead of both ends giving up at the same moment.
constexpr std::chrono::milliseconds kShave{10};

}  // namespace

struct PendingCall::State {
  grpc::ClientContext context;
  grpc::Status result;  // written before `done`
  absl::Notification done;
};

PendingCall::PendingCall(Deadline deadline) : state_(std::make_unique<State>()) {
  const Deadline shaved = deadline - kShave;
  if (Remaining(shaved) <= std::chrono::nanoseconds::zero()) {
    status_ = Error(absl::StatusCode::kDeadlineExceeded, "deadline_too_short",
                    "No time was left for an inner call.");
    return;
  }
  state_->context.set_deadline(ToGrpcTime(shaved));
  const logging::Context& log_context = logging::Current();
  if (!log_context.request_id.empty()) {
    state_->context.AddMetadata(kRequestIdHeader, log_context.request_id);
  }
  if (!log_context.traceparent.empty()) {
    state_->context.AddMetadata(kTraceparentHeader, log_context.traceparent);
  }
  if (!log_context.payment_id.empty()) {
    state_->context.AddMetadata(kPaymentIdHeader, log_context.payment_id);
  }
}

PendingCall::~PendingCall() = default;

grpc::ClientContext* PendingCall::context() { return &state_->context; }

std::function<void(grpc::Status)> PendingCall::Done() {
  return [state = state_.get()](grpc::Status result) {
    state->result = std::move(result);
    state->done.Notify();
  };
}

absl::Status PendingCall::Wait() {
  state_->done.WaitForNotification();
  // Only we cancel calls, and never do: the server did, and stops.
  if (WentUnanswered()) return absl::UnavailableError(state_->result.error_message());
  return FromGrpc(state_->result);
}

bool PendingCall::WentUnanswered() const {
  const grpc::Status& result = state_->result;
  return (result.error_code() == grpc::StatusCode::UNAVAILABLE ||
          result.error_code() == grpc::StatusCode::CANCELLED) &&
         result.error_details().empty();
}

}  // namespace fsft::rpc
