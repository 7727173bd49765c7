// One thread per connection, kept for the next one.
#pragma once

#include <httplib.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fsft::gateway::http {

// httplib's own pool has a fixed size, and a connection that finds no thread waits silently behind
// idle ones. This one grows to `most` threads, and then has whoever comes wait a moment, in the
// kernel's queue: threads whose connections were ended to make room need a moment to leave them.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  ConnectionThreads(size_t most, std::chrono::milliseconds patience)
      : most_(most), patience_(patience) {}

  // False when all threads stay busy: httplib closes the connection.
  bool enqueue(std::function<void()> task) override;
  // Waits until all tasks are done; enqueue is not called any more.
  void shutdown() override;

 private:
  void Work();
  bool AddThread();
  // idle_ falls only when a thread has taken its task, so tasks that wait have reserved one each.
  bool SomeAreFree() const { return idle_ > tasks_.size(); }

  const size_t most_;
  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::condition_variable freed_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace fsft::gateway::http
