#pragma once

#include <stop_token>
#include <vector>

#include "shared/retention/sweep.h"

namespace fsft::payment {

// What payment keeps for a time: Stripe's ids and URLs, in payments and in events, and then the
// rows of payments. `database` outlives it.
std::vector<retention::Kind> KeptForATime(const config::Config& config, db::Database& database,
                                          const std::stop_token& stopping = {});

}  // namespace fsft::payment
