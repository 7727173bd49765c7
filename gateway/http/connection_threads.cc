#include "gateway/http/connection_threads.h"

#include <system_error>
#include <utility>

namespace fsft::gateway::http {

bool ConnectionThreads::enqueue(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  // idle_ falls only when a thread has taken its task, so tasks that wait have reserved one each.
  if (idle_ <= tasks_.size()) {
    if (threads_.size() == most_) return false;
    try {
      threads_.emplace_back([this] { Work(); });
    } catch (const std::system_error&) {
      return false;  // the machine gives no more threads; those we have go on
    }
    ++idle_;  // counted before it runs, for the task below
  }
  tasks_.push_back(std::move(task));
  woken_.notify_one();
  return true;
}

void ConnectionThreads::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    woken_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    --idle_;
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
    ++idle_;
  }
}

void ConnectionThreads::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace fsft::gateway::http
