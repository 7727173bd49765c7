#include "gateway/http/connection_table.h"

#include <sys/socket.h>

namespace fsft::gateway::http {

using std::chrono::steady_clock;

bool Seat::Change(State state) {
  State now = state_;
  while (now != State::kEnded) {
    if (state_.compare_exchange_weak(now, state)) return true;
  }
  return false;
}

bool Seat::AwaitClient(bool idle) {
  since_ = steady_clock::now();
  return Change(idle ? State::kIdle : State::kAwaiting);
}

bool Seat::Work() { return Change(State::kWorking); }

bool Seat::End() {
  State now = state_;
  while (now == State::kIdle || now == State::kAwaiting) {
    if (!state_.compare_exchange_weak(now, State::kEnded)) continue;
    shutdown(fd_, SHUT_RDWR);
    return true;
  }
  return false;
}

ConnectionTable::Verdict ConnectionTable::Enter(Seat& seat) {
  const std::lock_guard lock(mutex_);
  if (seat.client_ && most_of_client_ > 0) {
    const auto found = of_client_.find(*seat.client_);
    if (found != of_client_.end() && found->second >= most_of_client_)
      return Verdict::kTooManyOfClient;
  }
  const bool full = seats_.size() - ended_ >= most_;
  if (full && !MakeRoom()) return Verdict::kFull;
  seats_.insert(&seat);
  if (seat.client_) ++of_client_[*seat.client_];
  return full ? Verdict::kMadeRoom : Verdict::kWelcome;
}

void ConnectionTable::Leave(Seat& seat) {
  const std::lock_guard lock(mutex_);
  seats_.erase(&seat);
  if (seat.ended()) --ended_;
  if (!seat.client_) return;
  const auto found = of_client_.find(*seat.client_);
  if (--found->second == 0) of_client_.erase(found);
}

// Looks at all of them, which takes microseconds and happens only when there is no room.
bool ConnectionTable::MakeRoom() {
  for (;;) {
    Seat* oldest = nullptr;
    for (Seat* seat : seats_) {
      const Seat::State state = seat->state_;
      if (state != Seat::State::kIdle && state != Seat::State::kAwaiting) continue;
      if (oldest == nullptr || seat->since_.load() < oldest->since_.load()) oldest = seat;
    }
    if (oldest == nullptr) return false;
    if (!oldest->End()) continue;  // it has begun to work since
    ++ended_;
    return true;
  }
}

void ConnectionTable::EndIdle() {
  const std::lock_guard lock(mutex_);
  for (Seat* seat : seats_) {
    if (seat->state_ == Seat::State::kIdle) shutdown(seat->fd_, SHUT_RD);
  }
}

}  // namespace fsft::gateway::http
