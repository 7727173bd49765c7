#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/stripe_event.h"
#include "shared/db/database.h"

namespace fsft::payment {

// How far Stripe's list of events has been read, leased to one reader.
struct EventCursor {
  // The fencing token of the lease.
  int64_t claim = 0;
  time::TimePoint read_to;
  // Readings in a row that have failed.
  int failures = 0;
  // By the database's clock.
  time::TimePoint now;
};

// Events that wait for their payment.
struct WaitingStretch {
  int64_t events = 0;
  // Of the last one; the next stretch begins after it.
  std::string last_id;
  // Known by now.
  std::vector<std::string> payment_ids;
};

// What EventCatchUp keeps. Thread-safe. Errors are those of shared/db/errors.h.
class CatchUpStore {
 public:
  explicit CatchUpStore(db::Database& database) : database_(database) {}

  // Nothing: it is not due, or another one reads. `anyway`: takes it from whoever reads.
  absl::StatusOr<std::optional<EventCursor>> Claim(std::chrono::seconds lease, bool anyway,
                                                   db::Deadline deadline);
  // Everything before `read_to` has been read. Neither does anything when the lease is lost.
  absl::Status Move(const EventCursor& cursor, time::TimePoint read_to,
                    std::chrono::milliseconds pause, db::Deadline deadline);
  absl::Status PutOff(const EventCursor& cursor, std::chrono::milliseconds pause,
                      db::Deadline deadline);

  // Which of these events are stored.
  absl::StatusOr<std::set<std::string>> Known(const std::vector<StripeEvent>& events,
                                              db::Deadline deadline);

  // The next events that wait after the one with this id, `limit` at most.
  absl::StatusOr<WaitingStretch> Waiting(const std::string& after, int limit,
                                         db::Deadline deadline);
  // How many wait; a hundred thousand stands for more.
  absl::StatusOr<int64_t> UnmatchedLeft(db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::payment
