#pragma once

#include <vector>

#include "shared/retention/sweep.h"

namespace fsft::fulfillment {

// What fulfillment keeps for a time: the rows of letters that are history, then what the printer's
// events say whose they were. `database` outlives it.
std::vector<retention::Kind> KeptForATime(const config::Config& config, db::Database& database);

}  // namespace fsft::fulfillment
