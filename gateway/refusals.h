// http_refusals_total{reason}: what was turned away to protect the rest, and why. Never whose it
// was.
#pragma once

#include <array>
#include <cstddef>

#include "shared/metrics/metrics.h"

namespace fsft::gateway {

enum class Refusal {
  kClientRate,         // more requests than a client has a minute
  kWrongTokens,        // more wrong operators' tokens
  kWork,               // as many at work of this kind as there may be
  kBodyTooLarge,       // more than the route takes
  kBodyTooSlow,        // not there in time
  kBodyBroken,         // not as announced, or given up by the client
  kBodyMemory,         // no room for a body that large at the moment
  kMalformed,          // no request
  kHeadTooSlow,        // not there in time
  kHeadTooLarge,       // too many headers, or too long
  kClientConnections,  // more connections than a client may have
  kConnections,        // no room for one more
  kMadeRoom,           // a connection that waited was ended for one that came
};
inline constexpr size_t kRefusals = 13;

// Thread-safe.
class Refusals {
 public:
  explicit Refusals(metrics::Registry& registry);

  void Count(Refusal reason) { counters_[static_cast<size_t>(reason)]->Add(); }

 private:
  std::array<metrics::Counter*, kRefusals> counters_;
};

}  // namespace fsft::gateway
