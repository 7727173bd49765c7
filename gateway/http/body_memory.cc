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

size_t InSteps(size_t size) { return (size + kStep - 1) / kStep * kStep; }

}  // namespace

bool BodyMemory::Share::GrowTo(size_t size) {
  if (size <= kSmall || size <= held_) return true;
  const size_t more = InSteps(size) - held_;
  const std::lock_guard lock(memory_.mutex_);
  if (!memory_.Take(more)) return false;
  held_ += more;
  if (!client_) return true;
  reading_ += more;
  return memory_.TakeFor(*client_, more);
}

bool BodyMemory::Share::GrowForWork(size_t size) {
  if (size <= kSmall) return true;
  const std::lock_guard lock(memory_.mutex_);
  if (client_) memory_.GiveBackOf(*client_, std::exchange(reading_, 0));
  const size_t wanted = InSteps(kCopies * size);
  if (wanted <= held_) return true;
  if (!memory_.Take(wanted - held_)) return false;
  held_ = wanted;
  return true;
}

void BodyMemory::Share::GiveBack() {
  if (held_ == 0) return;
  const std::lock_guard lock(memory_.mutex_);
  memory_.used_ -= std::exchange(held_, 0);
  if (client_) memory_.GiveBackOf(*client_, std::exchange(reading_, 0));
}

bool BodyMemory::Take(size_t bytes) {
  if (used_ + bytes > bytes_) return false;
  used_ += bytes;
  return true;
}

bool BodyMemory::TakeFor(const Ip& client, size_t bytes) {
  return (reading_[client] += bytes) <= bytes_ / 2;
}

void BodyMemory::GiveBackOf(const Ip& client, size_t bytes) {
  const auto found = reading_.find(client);
  if (found == reading_.end()) return;
  found->second -= bytes;
  if (found->second == 0) reading_.erase(found);
}

}  // namespace fsft::gateway::http
