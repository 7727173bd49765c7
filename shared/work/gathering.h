#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace fsft::work {

using Deadline = std::chrono::steady_clock::time_point;

// Many who ask for the same kind of thing at the same time are sent together: a call costs both ends
// about the same for one as for fifty. Nobody waits for others to come: while few enough calls are
// under way a request goes at once, by itself, and those that come meanwhile go with the next one.
// One of those who wait sends for all of them, on its own thread. Thread-safe.
template <class Request, class Response>
class Gathering {
 public:
  struct Options {
    // How many calls may be under way. Two for what is only read: one at work, one on its way. One
    // for what is written: a commit costs the same for many.
    int at_once = 2;
    // How many go together; the rest with the next one.
    size_t most = 64;
    // Who has waited so long goes past the calls that are under way, which hang: they may be with a
    // replica that is dying while others are well.
    std::chrono::milliseconds patience{250};
    // Whether an error of several that went together may be the fault of one of them: each is then
    // sent again by itself.
    std::function<bool(const absl::Status& error)> may_be_of_one = nullptr;
  };
  // The answers to these requests, in their order, or what is said to each of those who asked.
  using Send = std::function<absl::StatusOr<std::vector<Response>>(
      std::span<const Request* const> requests, Deadline deadline)>;

  Gathering(Options options, Send send) : options_(options), send_(std::move(send)) {}

  // Blocks until about `deadline`, or the latest deadline of those it went with. Errors are those of
  // the call, told to all who went together.
  absl::StatusOr<Response> Call(const Request& request, Deadline deadline) {
    Asked asked;
    asked.request = &request;
    asked.deadline = deadline;
    if (!Begin(asked)) AwaitTurn(asked);
    if (!asked.answer) Lead(asked);
    if (asked.was_with_others && options_.may_be_of_one && !asked.answer->ok() &&
        options_.may_be_of_one(asked.answer->status())) {
      return SendAlone(request, deadline);
    }
    return *std::move(asked.answer);
  }

  // How many wait for a call that is under way.
  size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  struct Asked {
    const Request* request = nullptr;
    Deadline deadline;
    // Told when there is an answer, or without one: it is on this request to send.
    absl::Notification told;
    std::optional<absl::StatusOr<Response>> answer;
    bool was_with_others = false;
  };

  // True when it may be sent at once.
  bool Begin(Asked& asked) {
    const std::lock_guard lock(mutex_);
    if (under_way_ < options_.at_once) {
      ++under_way_;
      return true;
    }
    waiting_.push_back(&asked);
    return false;
  }

  void AwaitTurn(Asked& asked) {
    const auto left = asked.deadline - std::chrono::steady_clock::now();
    const absl::Duration patience =
        std::min(absl::FromChrono(options_.patience), absl::FromChrono(left));
    if (asked.told.WaitForNotificationWithTimeout(patience)) return;
    {
      const std::lock_guard lock(mutex_);
      if (std::erase(waiting_, &asked) > 0) {
        ++under_way_;
        return;
      }
    }
    // Somebody is just sending it.
    asked.told.WaitForNotification();
  }

  // Who has been taken out of the queue must be told; without the memory for that the process ends.
  void Lead(Asked& first) noexcept {
    std::vector<Asked*> together = Gather(first);
    std::vector<const Request*> requests;
    Deadline deadline = first.deadline;
    for (const Asked* asked : together) {
      requests.push_back(asked->request);
      deadline = std::max(deadline, asked->deadline);
    }
    absl::StatusOr<std::vector<Response>> answers = SendAll(requests, deadline);
    PassOn();
    for (size_t i = 0; i < together.size(); ++i) {
      together[i]->was_with_others = together.size() > 1;
      if (answers.ok()) {
        together[i]->answer.emplace(std::move((*answers)[i]));
      } else {
        together[i]->answer.emplace(answers.status());
      }
      // From here on it may be gone.
      if (i > 0) together[i]->told.Notify();
    }
  }

  absl::StatusOr<Response> SendAlone(const Request& request, Deadline deadline) {
    const Request* const requests[] = {&request};
    absl::StatusOr<std::vector<Response>> answers = SendAll(requests, deadline);
    if (!answers.ok()) return answers.status();
    return std::move(answers->front());
  }

  // Never throws: others wait for what comes of it.
  absl::StatusOr<std::vector<Response>> SendAll(std::span<const Request* const> requests,
                                                Deadline deadline) {
    try {
      absl::StatusOr<std::vector<Response>> answers = send_(requests, deadline);
      if (!answers.ok() || answers->size() == requests.size()) return answers;
      return absl::InternalError("not as many answers as requests");
    } catch (const std::exception& error) {
      return absl::InternalError(error.what());
    } catch (...) {
      return absl::InternalError("something unknown was thrown");
    }
  }

  std::vector<Asked*> Gather(Asked& first) {
    std::vector<Asked*> together{&first};
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && together.size() < options_.most) {
      together.push_back(waiting_.front());
      waiting_.pop_front();
    }
    return together;
  }

  // The next call, to the one that has waited for the longest.
  void PassOn() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty() || under_way_ > options_.at_once) {
      --under_way_;
      return;
    }
    Asked* const next = waiting_.front();
    waiting_.pop_front();
    next->told.Notify();
  }

  const Options options_;
  const Send send_;
  mutable std::mutex mutex_;
  int under_way_ = 0;
  std::deque<Asked*> waiting_;
};

}  // namespace fsft::work
