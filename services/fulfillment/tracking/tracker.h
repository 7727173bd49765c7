#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/fulfillment/lob/printer.h"
#include "services/fulfillment/tracking/tracking_store.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {

// Takes what is told of letters, by events and by looks alike, and tells whoever is to know.
// Thread-safe.
class Tracker {
 public:
  // `wake_relay` is called after a commit that payment is to hear of. All else outlives it.
  Tracker(TrackingStore& store, metrics::Registry& registry, std::function<void()> wake_relay);

  // An answer means that the event's effect is committed.
  absl::StatusOr<TakenNews> Take(const LobEvent& event, rpc::Deadline deadline);

  // What a look at a letter that we know has shown; answers the letter's state afterwards, empty
  // when there was nothing to say. Also takes up events that came before the letter was known.
  absl::StatusOr<std::string> Take(const PrintedLetter& seen, rpc::Deadline deadline);

 private:
  // Tries events again that came before their letter was known. What fails stays where it is, for
  // the next time.
  void TakeUpUnmatched(const std::string& letter_id, rpc::Deadline deadline);
  absl::StatusOr<TakenNews> TakeOne(const LobEvent& event, rpc::Deadline deadline);
  void Tell(const LetterNews& news, const TakenNews& taken);

  TrackingStore& store_;
  const std::function<void()> wake_relay_;
  // By outcome.
  const std::map<std::string, metrics::Counter*, std::less<>> counters_;
  metrics::Counter& strays_;
};

// What a look has shown, one after the other: what became of the letter at the printer, then what
// the mail has seen, each thing once.
std::vector<LetterNews> NewsOfLook(const PrintedLetter& seen);

}  // namespace fsft::fulfillment
