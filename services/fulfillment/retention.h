#pragma once

#include <chrono>
#include <stop_token>
#include <vector>

#include "shared/retention/sweep.h"

namespace fsft::fulfillment {

// The printer tells of a letter within weeks; an event whose letter has not come by then belongs to
// none of ours, but to somebody else who uses the same account.
inline constexpr std::chrono::days kWaitingEvents{90};

// What fulfillment keeps for a time: the rows of letters that are history, then what the printer's
// events say whose they were, and those that are nobody's here. `database` outlives it.
std::vector<retention::Kind> KeptForATime(const config::Config& config, db::Database& database,
                                          const std::stop_token& stopping = {});

}  // namespace fsft::fulfillment
