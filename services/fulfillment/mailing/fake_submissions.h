#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "services/fulfillment/mailing/submissions.h"

namespace fsft::fulfillment {

// For tests: intake's side, submissions by draft and photographs by exhibit.
class FakeSubmissions final : public Submissions {
 public:
  absl::StatusOr<std::string> Fetch(const std::string& draft_id, rpc::Deadline) override {
    if (during) during();
    if (!status.ok()) return status;
    const std::lock_guard lock(mutex);
    return bytes[draft_id];
  }
  absl::StatusOr<std::string> FetchExhibit(const std::string& exhibit_id, rpc::Deadline) override {
    if (during) during();
    if (!exhibit_status.ok()) return exhibit_status;
    ++exhibit_calls;
    return exhibits.contains(exhibit_id) ? absl::StatusOr<std::string>(exhibits[exhibit_id])
                                         : absl::NotFoundError("");
  }
  std::mutex mutex;
  std::map<std::string, std::string> bytes;
  absl::Status status;
  std::map<std::string, std::string> exhibits;
  absl::Status exhibit_status;
  int exhibit_calls = 0;
  std::function<void()> during;
};

}  // namespace fsft::fulfillment
