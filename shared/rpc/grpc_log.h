#pragma once

namespace fsft::rpc {

// Sends what gRPC has to say through our logger. Otherwise it writes lines of its own format on
// stderr, between ours. Called by whatever opens a server or a channel; again is harmless.
void RouteGrpcLogs();

}  // namespace fsft::rpc
