#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

#include "tests/sandbox/json.h"

namespace fsft::sandbox {

// What has happened, for tests to look at: requests, or attempts to deliver a webhook. Each entry
// is a JSON object; `Add` gives it a "seq" that counts from 1. Only the newest `capacity` are kept,
// and none with a capacity of zero (benchmarks). Thread-safe.
class Records {
 public:
  using Filter = std::function<bool(const Json&)>;

  explicit Records(size_t capacity) : capacity_(capacity) {}

  bool enabled() const { return capacity_ > 0; }
  // Answers the entry's seq.
  uint64_t Add(Json entry);
  // Merges `changes` into the entry, if it is still kept.
  void Update(uint64_t seq, const Json& changes);
  // The matching entries, oldest first. Waits until there are at least so many, or the time-out: a
  // test that waits for something to happen need not poll.
  Json List(const Filter& filter, size_t at_least = 0,
            std::chrono::milliseconds timeout = std::chrono::milliseconds(0)) const;
  // Ends all waiting, for ever.
  void Stop();

 private:
  Json Matching(const Filter& filter) const;

  const size_t capacity_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Json> entries_;
  uint64_t next_seq_ = 1;
  bool stopped_ = false;
};

}  // namespace fsft::sandbox
