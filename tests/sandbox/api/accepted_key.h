#pragma once

#include <mutex>
#include <string>
#include <utility>

namespace fsft::sandbox {

// Which of our keys an account takes: any at first; after one was rolled in the dashboard, the new
// one. Thread-safe.
class AcceptedKey {
 public:
  void TakeOnly(std::string key) {
    const std::lock_guard lock(mutex_);
    key_ = std::move(key);
  }
  bool Takes(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    return key_.empty() || key == key_;
  }

 private:
  mutable std::mutex mutex_;
  std::string key_;  // empty: all
};

}  // namespace fsft::sandbox
