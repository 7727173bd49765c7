#include "services/payment/retention.h"

#include "services/payment/retention_sql.h"
#include "shared/retention/last_days.h"

namespace fsft::payment {

std::vector<retention::Kind> KeptForATime(const config::Config& config, db::Database& database,
                                          const std::stop_token& stopping) {
  const std::chrono::days ids = config.retention_payment;
  const std::chrono::days rows = ids + retention::kPaymentRows;
  return {{.name = "stripe_ids",
           .look = &sql::kLookIds,
           .keep = ids,
           .settle = retention::OneByOne(database, sql::kBlankIds, ids, stopping)},
          {.name = "stripe_events",
           .look = &sql::kLookEvents,
           .keep = ids,
           .settle = retention::OneByOne(database, sql::kBlankEvent, ids, stopping)},
          {.name = "payment_rows",
           .look = &sql::kLookPayments,
           .keep = rows,
           .settle = retention::OneByOne(database, sql::kDeletePayment, rows, stopping)}};
}

}  // namespace fsft::payment
