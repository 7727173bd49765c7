#include "shared/rpc/repeats.h"

#include <array>
#include <chrono>
#include <thread>

namespace fsft::rpc {
namespace {

using std::chrono::milliseconds;

// Together longer than the longest pause between two attempts to connect (channels.cc), with what
// gRPC adds to it by chance, and a handshake.
constexpr std::array<milliseconds, 3> kPauses{milliseconds(0), milliseconds(100),
                                              milliseconds(300)};
// With less left an answer would not come in time.
constexpr milliseconds kShortest{50};

}  // namespace

bool Repeats::Await() {
  if (made_ == kPauses.size()) return false;
  const milliseconds pause = kPauses[made_++];
  if (Remaining(deadline_) < pause + kShortest) return false;
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace fsft::rpc
