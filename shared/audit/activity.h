// What happened last, to whichever payment.
#pragma once

#include "absl/status/statusor.h"
#include "shared/audit/trail.h"
#include "shared/db/database.h"
#include "shared/rpc/status.h"

namespace fsft::audit {

// The newest entries of all payments. `statement` takes :limit, and its rows go on with the
// payment's id. INVALID_ARGUMENT with a violation of limit, or an error of shared/db/errors.h.
template <class Response, class Request>
absl::StatusOr<Response> ListActivity(db::Database& database, const db::Statement& statement,
                                      const Request& request, db::Deadline deadline) {
  constexpr int kDefaultLimit = 50;
  constexpr int kLargestLimit = 100;
  if (request.limit() < 0 || request.limit() > kLargestLimit) {
    return rpc::InvalidFields({rpc::Violation("limit", "out_of_range", "must be 1 to 100")});
  }
  const int limit = request.limit() == 0 ? kDefaultLimit : request.limit();
  absl::StatusOr<db::Rows> rows = database.Run(statement, {{"limit", limit}}, deadline);
  if (!rows.ok()) return rows.status();
  Response response;
  for (const db::Row& row : *rows) {
    auto& entry = *response.add_entries();
    ToEntry(row, entry);
    entry.set_payment_id(row.Text(7));
  }
  return response;
}

}  // namespace fsft::audit
