#pragma once

#include <cstddef>

#include "shared/rpc/deadline.h"

namespace fsft::rpc {

// How often, and after which pauses, a call is made again that no handler has answered. A server
// that stops cancels what reaches it until its clients have heard of it, one that is killed breaks
// its connections, and one that comes back is found within the longest pause between two attempts
// to connect. Another replica has the call at once, and where there is none it waits that long.
class Repeats {
 public:
  explicit Repeats(Deadline deadline) : deadline_(deadline) {}

  // Waits for the next time. False when it was the last one, or no time is left.
  bool Await();

 private:
  const Deadline deadline_;
  size_t made_ = 0;
};

}  // namespace fsft::rpc
