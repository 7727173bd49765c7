#include "services/fulfillment/retention.h"

#include "services/fulfillment/retention_sql.h"
#include "shared/retention/last_days.h"

namespace fsft::fulfillment {

std::vector<retention::Kind> KeptForATime(const config::Config& config, db::Database& database,
                                          const std::stop_token& stopping) {
  const std::chrono::days keep = config.retention_payment + retention::kLetterRows;
  return {{.name = "letter_rows",
           .look = &sql::kLookLetters,
           .keep = keep,
           .settle = retention::OneByOne(database, sql::kDeleteLetter, keep, stopping)},
          {.name = "lob_events",
           .look = &sql::kLookEvents,
           .keep = keep,
           .settle = retention::OneByOne(database, sql::kBlankEvent, keep, stopping)},
          {.name = "waiting_events",
           .look = &sql::kLookWaiting,
           .keep = kWaitingEvents,
           .settle = retention::OneByOne(database, sql::kForgetWaiting, kWaitingEvents, stopping)}};
}

}  // namespace fsft::fulfillment
