#pragma once

#include <grpc/support/time.h>

#include <optional>

#include "shared/rpc/deadline.h"

// Deadlines as gRPC writes them.
namespace fsft::rpc {

inline gpr_timespec ToGrpcTime(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(Remaining(deadline));
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_micros(left.count(), GPR_TIMESPAN));
}

// Nothing for "never".
inline std::optional<Deadline> FromGrpcTime(gpr_timespec time) {
  if (gpr_time_cmp(time, gpr_inf_future(time.clock_type)) == 0) return std::nullopt;
  const gpr_timespec left =
      gpr_time_sub(gpr_convert_clock_type(time, GPR_CLOCK_MONOTONIC), gpr_now(GPR_CLOCK_MONOTONIC));
  return In(std::chrono::seconds(left.tv_sec) + std::chrono::nanoseconds(left.tv_nsec));
}

}  // namespace fsft::rpc
