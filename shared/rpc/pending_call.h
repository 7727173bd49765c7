#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "shared/rpc/deadline.h"

namespace grpc {
class ClientContext;
class Status;
}  // namespace grpc

namespace fsft::rpc {

// One outgoing call, between its start and its answer: the part of Client that does not depend on
// the types. It must stay where it is until Wait() has returned, because gRPC writes into the
// caller's memory until then.
class PendingCall {
 public:
  explicit PendingCall(Deadline deadline);
  ~PendingCall();

  // Not OK: there is no time left, do not start it.
  const absl::Status& status() const { return status_; }
  grpc::ClientContext* context();
  // What gRPC calls when it is over. gRPC promises to, at the deadline at the latest.
  std::function<void(grpc::Status)> Done();
  absl::Status Wait();
  // After it: whether no handler has answered, because the connection failed or the server was
  // stopping. A handler's errors always carry a detail.
  bool WentUnanswered() const;

 private:
  struct State;

  absl::Status status_;
  const std::unique_ptr<State> state_;
};

}  // namespace fsft::rpc
