#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/fulfillment/notify/notification.h"
#include "shared/db/database.h"
#include "shared/work/claim_window.h"

namespace fsft::fulfillment {

// The SQL of emails. Thread-safe. Errors are those of shared/db/errors.h.
class NotificationsStore {
 public:
  // `database` outlives it.
  explicit NotificationsStore(db::Database& database) : database_(database) {}

  // Leases the email that is due longest; nothing when none is. What is older than `news` is too
  // old.
  absl::StatusOr<std::optional<Notification>> Claim(std::chrono::seconds lease,
                                                    std::chrono::seconds news,
                                                    db::Deadline deadline);
  // These four answer false when the lease is lost, and nothing was written.
  //
  // "sent", "failed" or "skipped", and why.
  absl::StatusOr<bool> End(const Notification& notification, std::string_view state,
                           std::string_view reason, db::Deadline deadline);
  absl::StatusOr<bool> PutOff(const Notification& notification, std::string_view reason,
                              std::chrono::milliseconds pause, db::Deadline deadline);
  // It was not tried, because this process ends.
  absl::StatusOr<bool> GiveBack(const Notification& notification, db::Deadline deadline);
  // Or when the letter has moved meanwhile: then it is looked at again when the lease ends.
  absl::StatusOr<bool> TakeBack(const Notification& notification, db::Deadline deadline);

  // Skips up to `limit` emails that are due; answers their kinds.
  absl::StatusOr<std::vector<std::string>> SkipDue(int limit, db::Deadline deadline);
  // How long the oldest email has been waiting; zero when none is.
  absl::StatusOr<std::chrono::seconds> AgeOfOldest(db::Deadline deadline);

 private:
  db::Database& database_;
  work::ClaimWindow window_;
};

}  // namespace fsft::fulfillment
