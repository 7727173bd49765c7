#include "shared/words/proto_time.h"

namespace fsft::words {

void ToProto(time::TimePoint time, google::protobuf::Timestamp& timestamp) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(since_epoch - seconds);
  timestamp.set_seconds(seconds.count());
  timestamp.set_nanos(static_cast<int32_t>(rest.count()) * 1000);
}

time::TimePoint FromProto(const google::protobuf::Timestamp& timestamp) {
  return time::TimePoint(std::chrono::seconds(timestamp.seconds()) +
                         std::chrono::microseconds(timestamp.nanos() / 1000));
}

}  // namespace fsft::words
