#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/fulfillment/fulfillment.h"

namespace fsft::fulfillment {

// What we take from an event of Lob's: ids, a tracking number and dates. Whatever else is in it (the
// whole letter with its addresses) is left where it is.
struct LobEvent {
  std::string id;
  std::string type;
  time::TimePoint created;
  LetterNews news;
};

// INVALID_ARGUMENT "malformed_event" when it is no JSON or lacks what every event has. Call it on
// verified bytes only.
absl::StatusOr<LobEvent> ParseLobEvent(std::string_view payload);

}  // namespace fsft::fulfillment
