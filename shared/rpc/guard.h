#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "shared/rpc/deadline.h"
#include "shared/rpc/gate.h"

namespace grpc {
class ServerContextBase;
class Status;
}  // namespace grpc

namespace fsft::metrics {
class Registry;
}

namespace fsft::rpc {

class ServiceMetrics;

// What a handler knows of its call, beside the request. The request id and the trace are in
// logging::Current().
struct CallContext {
  Deadline deadline;
  std::string peer_name;  // the caller, as its certificate names it
};

// What the guards of one process share: its metrics, and one gate per class of work. Outlives the
// guards.
class GuardEnvironment {
 public:
  explicit GuardEnvironment(metrics::Registry& metrics, const GateLimits& limits = {});

  metrics::Registry& metrics() { return metrics_; }
  Gate& gate(WorkClass work) { return *gates_[static_cast<size_t>(work)]; }

 private:
  metrics::Registry& metrics_;
  std::array<std::unique_ptr<Gate>, kWorkClasses> gates_;
};

// Stands before every handler of one gRPC service: who calls, by when, is there room; and after it:
// metrics, one log line, no exception and no internal text gets out.
//
//   grpc::Status OrdersHandler::Put(grpc::ServerContext* context, const PutRequest* request,
//                                   PutResponse* response) {
//     return guard_.Run(*context, "Put", rpc::WorkClass::kDatabase,
//                       [&](const rpc::CallContext& call) -> absl::Status {
//                         return store_.Put(*request, call.deadline);
//                       });
//   }
class ServiceGuard {
 public:
  // `service` is OrdersService::service_full_name(). `allowed_callers` are DNS names of client
  // certificates; nobody else gets in. An empty list lets nobody in.
  ServiceGuard(GuardEnvironment& environment, std::string service,
               std::vector<std::string> allowed_callers);
  ~ServiceGuard();

  // Runs `body` on this thread if the call may and can be served. Otherwise answers, in this order:
  //   PERMISSION_DENIED caller_not_allowed; INVALID_ARGUMENT deadline_required; DEADLINE_EXCEEDED
  //   deadline_too_short; UNAVAILABLE busy with retry_after, when the gate of `work` is full
  //   (waiting here would only make callers that have given up compete with those that have not).
  grpc::Status Run(const grpc::ServerContextBase& context, std::string_view method, WorkClass work,
                   absl::FunctionRef<absl::Status(const CallContext&)> body);

 private:
  absl::Status Admit(const grpc::ServerContextBase& context, CallContext& call) const;
  absl::Status Serve(const CallContext& call, WorkClass work,
                     absl::FunctionRef<absl::Status(const CallContext&)> body);

  GuardEnvironment& environment_;
  const std::vector<std::string> allowed_callers_;
  const std::unique_ptr<ServiceMetrics> metrics_;
};

}  // namespace fsft::rpc
