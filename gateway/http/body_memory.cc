#include "gateway/http/body_memory.h"

#include <utility>

namespace fsft::gateway::http {
namespace {

// Not counted: an order with its letter, or an event of Stripe's. With as many connections as there
// may be that is 12 MiB.
constexpr size_t kSmall = 16 << 10;
// Taken at a time, so that a body which trickles in does not ask for every byte.
constexpr size_t kStep = 64 << 10;

// Measured: of a megabyte that is forwarded, two more are needed meanwhile.
constexpr size_t kCopies = 3;

}  // namespace

bool BodyMemory::Share::GrowTo(size_t size) {
  if (size <= kSmall || size <= held_) return true;
  const size_t wanted = (size + kStep - 1) / kStep * kStep;
  const size_t more = wanted - held_;
  if (memory_.used_.fetch_add(more) + more > memory_.bytes_) {
    memory_.used_.fetch_sub(more);
    return false;
  }
  held_ = wanted;
  return true;
}

bool BodyMemory::Share::GrowForWork(size_t size) {
  return size <= kSmall || GrowTo(kCopies * size);
}

void BodyMemory::Share::GiveBack() { memory_.used_.fetch_sub(std::exchange(held_, 0)); }

}  // namespace fsft::gateway::http
