#include "services/fulfillment/letter/turns.h"

namespace fsft::fulfillment {

Turns::Turn Turns::ForLetter() {
  std::unique_lock lock(mutex_);
  ++letters_waiting_;
  changed_.wait(lock, [&] { return !taken_; });
  --letters_waiting_;
  taken_ = true;
  return Turn(this);
}

Turns::Turn Turns::ForPreview(rpc::Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto free = [&] { return !taken_ && letters_waiting_ == 0; };
  if (!changed_.wait_until(lock, deadline, free)) return nullptr;
  taken_ = true;
  return Turn(this);
}

int Turns::letters_waiting() const {
  const std::lock_guard lock(mutex_);
  return letters_waiting_;
}

void Turns::EndTurn() {
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  changed_.notify_all();
}

}  // namespace fsft::fulfillment
