#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "shared/time/clock.h"

namespace fsft::words {

// Between our time points and the contracts' timestamps, to the microsecond (PostgreSQL keeps no
// more).
void ToProto(time::TimePoint time, google::protobuf::Timestamp& timestamp);
time::TimePoint FromProto(const google::protobuf::Timestamp& timestamp);

}  // namespace fsft::words
