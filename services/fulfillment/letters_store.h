#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/fulfillment/fulfillment.h"
#include "services/fulfillment/mailing/decision.h"
#include "shared/db/database.h"

namespace fsft::fulfillment {

// Orders that are paid for and not yet with the printer.
struct Backlog {
  int64_t letters = 0;
  std::optional<std::chrono::seconds> oldest;
};

// All SQL of fulfillment. Thread-safe. Errors are those of shared/db/errors.h where nothing else is
// said.
class LettersStore {
 public:
  explicit LettersStore(db::Database& database) : database_(database) {}

  // Takes what payment wants; words that are not newer change nothing. Answers the state of each
  // letter afterwards, in the order of `orders`. Called with at most 100.
  absl::StatusOr<std::vector<std::string>> PutOrders(const std::vector<WantedLetter>& orders,
                                                     db::Deadline deadline);

  // Leases the letter that is due longest; nothing when none is. Unsure for longer than
  // `unsure_max` is marked so.
  absl::StatusOr<std::optional<ClaimedLetter>> Claim(std::chrono::seconds lease,
                                                     std::chrono::seconds unsure_max,
                                                     db::Deadline deadline);
  // On disk before the printer is asked: the attempt, and on the first one the typeset letter
  // (`pdf`; null when it is stored already). Leases the letter anew. False: the lease is lost or
  // the letter is not wanted any more; do not post.
  absl::StatusOr<bool> BeginPost(const ClaimedLetter& letter, const SealedPdf* pdf,
                                 std::chrono::seconds lease, db::Deadline deadline);
  // What came of it. False: the lease is lost, nothing was written.
  absl::StatusOr<bool> Settle(const ClaimedLetter& letter, const Decision& decision,
                              db::Deadline deadline);

  // Puts a dead letter back into the queue and leaves others alone; answers the state that it
  // found.
  absl::StatusOr<std::optional<std::string>> Retry(std::string_view payment_id,
                                                   std::string_view actor, db::Deadline deadline);

  absl::StatusOr<std::vector<Delivery>> Deliveries(const std::vector<std::string>& payment_ids,
                                                   db::Deadline deadline);
  // Nothing when there is no such letter or it is not typeset yet.
  absl::StatusOr<std::optional<SealedPdf>> Pdf(std::string_view payment_id, db::Deadline deadline);
  absl::StatusOr<Backlog> ReadBacklog(db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::fulfillment
