#include "shared/rpc/health.h"

#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "shared/rpc/pending_call.h"
#include "shared/rpc/status.h"

namespace fsft::rpc {
namespace {

constexpr char kMethod[] = "/grpc.health.v1.Health/Check";

// Debian ships no health.proto, and its two messages are too small to need one. The request is
// HealthCheckRequest{} (the server as a whole): no bytes. The response is
// HealthCheckResponse{status}: field 1, a varint.
constexpr std::string_view kServing("\x08\x01", 2);

std::string BytesOf(grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.Valid() || !buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

}  // namespace

absl::Status CheckHealth(const Channels& channels, Deadline deadline) {
  PendingCall call(deadline);
  if (!call.status().ok()) return call.status();
  const grpc::Slice nothing("");
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::GenericStub stub(channels.all()[channels.NextIndex()]);
  stub.UnaryCall(call.context(), kMethod, grpc::StubOptions(), &request, &response, call.Done());
  if (absl::Status status = call.Wait(); !status.ok()) return status;
  if (BytesOf(response) != kServing) {
    return Error(absl::StatusCode::kUnavailable, "not_serving", "The server is not serving.");
  }
  return absl::OkStatus();
}

}  // namespace fsft::rpc
