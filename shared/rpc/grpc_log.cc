#include "shared/rpc/grpc_log.h"

#include <grpc/support/log.h>

#include "shared/logging/logging.h"

namespace fsft::rpc {
namespace {

// gRPC calls a refused handshake or a lost connection an error. To us it is at most a warning: the
// call that it belongs to, if there is one, fails and is logged with its consequences.
void Write(gpr_log_func_args* line) {
  const auto level =
      line->severity == GPR_LOG_SEVERITY_ERROR ? logging::Level::kWarning : logging::Level::kDebug;
  if (!logging::Enabled(level)) return;
  logging::Write(level, "grpc",
                 {{"text", line->message}, {"file", line->file}, {"line", line->line}});
}

}  // namespace

void RouteGrpcLogs() { gpr_set_log_function(&Write); }

}  // namespace fsft::rpc
