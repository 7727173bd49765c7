#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/fulfillment/fulfillment.h"
#include "shared/db/database.h"

namespace fsft::fulfillment {

// Orders that are paid for and not yet with the printer.
struct Backlog {
  int64_t letters = 0;
  std::optional<std::chrono::seconds> oldest;
};

// What NewGeneration found.
struct Renewal {
  std::string state_before;
  // It is certain that no letter is on its way. Of no meaning in other states than the two.
  bool proven = false;
  // Payment has not cancelled it.
  bool wanted = true;
};

// What an operator's word has come to.
struct Move {
  std::string state_before;
  // Of Cancel: empty where it is too late.
  std::string state_after;
  // Of Retry: an operator has cancelled the letter, and that still holds.
  bool stopped = false;
};

// The SQL of orders: what payment wants, what operators do, how letters stand; that of mailing is
// mailing/mailing_store.h. Thread-safe. Errors are those of shared/db/errors.h where nothing else
// is said.
class LettersStore {
 public:
  explicit LettersStore(db::Database& database) : database_(database) {}

  // Takes what payment wants; words that are not newer change nothing. Answers the state of each
  // letter afterwards, in the order of `orders`. Called with at most 100.
  absl::StatusOr<std::vector<std::string>> PutOrders(const std::vector<WantedLetter>& orders,
                                                     db::Deadline deadline);

  // No word of payment brings the letter back after this. Answers nothing where there is none.
  absl::StatusOr<std::optional<Move>> Cancel(std::string_view payment_id, std::string_view actor,
                                             db::Deadline deadline);
  // Puts a dead letter back into the queue; with `undo_cancel` also one that an operator has
  // cancelled and that payment wants. Leaves others alone. Answers nothing where there is none.
  absl::StatusOr<std::optional<Move>> Retry(std::string_view payment_id, std::string_view actor,
                                            bool undo_cancel, db::Deadline deadline);
  // Queues the letter as a new one, under a new key: from "failed_at_printer", and from
  // "outcome_unknown" once it is proven that the printer does not have it, or by force. Takes an
  // operator's cancellation back. Leaves others alone, and what payment does not want; answers what
  // it found, and nothing where there is no such letter.
  absl::StatusOr<std::optional<Renewal>> NewGeneration(std::string_view payment_id,
                                                       std::string_view actor, bool force,
                                                       db::Deadline deadline);

  absl::StatusOr<std::vector<Delivery>> Deliveries(const std::vector<std::string>& payment_ids,
                                                   db::Deadline deadline);
  // Nothing when there is no such letter or it is not typeset yet.
  absl::StatusOr<std::optional<SealedPdf>> Pdf(std::string_view payment_id, db::Deadline deadline);
  absl::StatusOr<Backlog> ReadBacklog(db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::fulfillment
