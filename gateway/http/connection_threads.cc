#include "gateway/http/connection_threads.h"

#include <system_error>
#include <utility>

namespace fsft::gateway::http {

bool ConnectionThreads::enqueue(std::function<void()> task) {
  std::unique_lock lock(mutex_);
  if (!SomeAreFree() && !AddThread() &&
      !freed_.wait_for(lock, patience_, [this] { return SomeAreFree(); })) {
    return false;
  }
  tasks_.push_back(std::move(task));
  woken_.notify_one();
  return true;
}

bool ConnectionThreads::AddThread() {
  if (threads_.size() == most_) return false;
  try {
    threads_.emplace_back([this] { Work(); });
  } catch (const std::system_error&) {
    return false;  // the machine gives no more threads; those we have go on
  }
  ++idle_;  // counted before it runs, for the task that it is for
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
    freed_.notify_one();
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
