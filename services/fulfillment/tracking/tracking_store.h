#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/fulfillment/fulfillment.h"
#include "services/fulfillment/lob/lob_event.h"
#include "shared/db/database.h"

namespace fsft::fulfillment {

// What became of news.
struct TakenNews {
  // "processed", "duplicate" (seen before, or nothing left to move), "unmatched" or "ignored".
  std::string outcome;
  // The letter that they are of, and its states before and after; empty when they are of none, and
  // when the event was stored already.
  std::string payment_id{};
  std::string from_state{};
  std::string to_state{};
  // Earlier events of the letter were not matched with it.
  bool others_wait = false;
};

// Events of the printer, and what they and looks do to letters. Thread-safe. Errors are those of
// shared/db/errors.h.
class TrackingStore {
 public:
  explicit TrackingStore(db::Database& database) : database_(database) {}

  // Stores the event and moves its letter, in one statement; a repeated event changes nothing.
  absl::StatusOr<TakenNews> Take(const LobEvent& event, db::Deadline deadline);
  // The same with what a look at a letter has shown.
  absl::StatusOr<TakenNews> Take(const LetterNews& news, db::Deadline deadline);
  // What was stored as unmatched and is of this letter, oldest first.
  absl::StatusOr<std::vector<LobEvent>> Unmatched(std::string_view letter_id,
                                                  db::Deadline deadline);
  // Seconds since the newest event; nothing when there is none.
  absl::StatusOr<std::optional<int64_t>> LastEventAge(db::Deadline deadline);

 private:
  absl::StatusOr<TakenNews> Record(const LobEvent& event, db::Deadline deadline);
  // `event` is null for a look.
  absl::StatusOr<TakenNews> Move(const LetterNews& news, const LobEvent* event,
                                 db::Deadline deadline);

  db::Database& database_;
};

}  // namespace fsft::fulfillment
