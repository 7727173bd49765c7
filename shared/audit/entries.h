// The audit logs of the services, as operators read them: the same columns, in messages of each
// service's own.
#pragma once

#include "absl/status/statusor.h"
#include "shared/db/database.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"

namespace fsft::audit {

// Of a row that begins with at, actor, action, from_state, to_state, reason and version.
template <class Entry>
void ToMessage(const db::Row& row, Entry& entry) {
  words::ToProto(row.Time(0), *entry.mutable_at());
  entry.set_actor(row.Text(1));
  entry.set_action(row.Text(2));
  entry.set_from_state(row.TextOr(3));
  entry.set_to_state(row.Text(4));
  entry.set_reason(row.Text(5));
  entry.set_version(row.Int64(6));
}

// The newest entries of all payments. `statement` takes :limit, and its rows go on with the payment's
// id. INVALID_ARGUMENT with a violation of limit, or an error of shared/db/errors.h.
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
    ToMessage(row, entry);
    entry.set_payment_id(row.Text(7));
  }
  return response;
}

}  // namespace fsft::audit
