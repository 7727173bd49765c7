#include "tests/sandbox/api/records.h"

#include <utility>

namespace fsft::sandbox {

uint64_t Records::Add(Json entry) {
  const std::lock_guard lock(mutex_);
  const uint64_t seq = next_seq_++;
  if (capacity_ == 0) return seq;
  entry["seq"] = seq;
  entries_.push_back(std::move(entry));
  if (entries_.size() > capacity_) entries_.pop_front();
  changed_.notify_all();
  return seq;
}

void Records::Update(uint64_t seq, const Json& changes) {
  const std::lock_guard lock(mutex_);
  if (entries_.empty()) return;
  // Numbers are given without gaps, so an entry's place follows from the oldest one's number.
  const uint64_t first = entries_.front()["seq"].get<uint64_t>();
  if (seq < first || seq >= first + entries_.size()) return;
  entries_[seq - first].update(changes);
  changed_.notify_all();
}

// Linear, and anew at every change while somebody waits: there are thousands, not millions, and a
// test asks for one.
Json Records::Matching(const Filter& filter) const {
  Json found = Json::array();
  for (const Json& entry : entries_) {
    if (filter(entry)) found.push_back(entry);
  }
  return found;
}

Json Records::List(const Filter& filter, size_t at_least, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  Json found = Matching(filter);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (found.size() < at_least && !stopped_) {
    if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) return Matching(filter);
    found = Matching(filter);
  }
  return found;
}

void Records::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace fsft::sandbox
