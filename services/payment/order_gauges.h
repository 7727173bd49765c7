#pragma once

#include "shared/db/gauges.h"

namespace fsft::payment {

// Orders that somebody should know of before a customer asks: what waits, for how long, and what
// waits for a person. Counts end at 10,000, where an operator has long been told.
db::Gauges OrderGauges(db::Database& database, metrics::Registry& registry);

}  // namespace fsft::payment
