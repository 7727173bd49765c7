#pragma once

#include "shared/db/gauges.h"

namespace fsft::fulfillment {

// Letters that are not in the mail yet, what waits for an operator, and whether mailing is paused.
// Counts end at 10,000, where an operator has long been told. Its parameter is "key", the
// fingerprint of the printer's key: a pause because of a refused key holds for that key only.
db::Gauges LetterGauges(db::Database& database, metrics::Registry& registry);

}  // namespace fsft::fulfillment
