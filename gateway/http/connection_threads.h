// One thread per connection, kept for the next one.
#pragma once

#include <httplib.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fsft::gateway::http {

// httplib's own pool has a fixed size, and a connection that finds no thread waits silently behind
// idle ones. This one grows to `most` threads and then refuses at once.
class ConnectionThreads final : public httplib::TaskQueue {
 public:
  explicit ConnectionThreads(size_t most) : most_(most) {}

  // False when all threads are busy: httplib closes the connection.
  bool enqueue(std::function<void()> task) override;
  // Waits until all tasks are done; enqueue is not called any more.
  void shutdown() override;

 private:
  void Work();

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace fsft::gateway::http
