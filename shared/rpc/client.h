#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/rpc/channels.h"
#include "shared/rpc/deadline.h"
#include "shared/rpc/pending_call.h"
#include "shared/rpc/repeats.h"

namespace fsft::rpc {

// The callback methods of a generated service: &Methods<OrdersService>::Put.
template <class Service>
using Methods = typename Service::StubInterface::async_interface;
// One of them.
template <class Service, class Request, class Response>
using Method = void (Methods<Service>::*)(grpc::ClientContext*, const Request*, Response*,
                                          std::function<void(grpc::Status)>);

// A typed client of one gRPC service, shared by many threads. Calls go through the callback API,
// because one polling thread for all of them costs half of what a completion queue per call does;
// the caller's thread just waits.
//
//   rpc::Client<intake::v1::OrdersService> orders(channels);
//   absl::StatusOr<PutResponse> response =
//   orders.Call(&rpc::Methods<intake::v1::OrdersService>::Put, request, deadline);
template <class Service>
class Client {
 public:
  explicit Client(std::shared_ptr<const Channels> channels) : channels_(std::move(channels)) {
    for (const auto& channel : channels_->all()) stubs_.push_back(Service::NewStub(channel));
  }

  // Waits for the answer, no longer than `deadline`. Carries the request id and the trace of
  // logging::Current(). What no handler has answered is called again (see Repeats); it may have been
  // done and lost on the way back, so only idempotent calls may come here. Errors are the server's
  // with their detail (see DetailOf), or: kUnavailable, no server was to be reached for half a
  // second. kDeadlineExceeded: no answer in time, also without sending anything when next to no time
  // was left.
  template <class Request, class Response>
  absl::StatusOr<Response> Call(Method<Service, Request, Response> method, const Request& request,
                                Deadline deadline) const {
    for (Repeats repeats(deadline);;) {
      bool unanswered = false;
      absl::StatusOr<Response> answer = Try(method, request, deadline, unanswered);
      if (!unanswered || !repeats.Await()) return answer;
      channels_->CountRepeat();
    }
  }

  // As Call, for what must not be done twice: an answer that is lost stays so.
  template <class Request, class Response>
  absl::StatusOr<Response> CallOnce(Method<Service, Request, Response> method,
                                    const Request& request, Deadline deadline) const {
    bool unanswered = false;
    return Try(method, request, deadline, unanswered);
  }

 private:
  template <class Request, class Response>
  absl::StatusOr<Response> Try(Method<Service, Request, Response> method, const Request& request,
                               Deadline deadline, bool& unanswered) const {
    PendingCall call(deadline);
    if (!call.status().ok()) return call.status();
    Response response;
    auto& stub = *stubs_[channels_->NextIndex()];
    (stub.async()->*method)(call.context(), &request, &response, call.Done());
    absl::Status status = call.Wait();
    unanswered = call.WentUnanswered();
    if (!status.ok()) return status;
    return response;
  }

  const std::shared_ptr<const Channels> channels_;
  std::vector<std::unique_ptr<typename Service::Stub>> stubs_;
};

}  // namespace fsft::rpc
