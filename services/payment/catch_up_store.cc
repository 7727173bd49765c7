#include "services/payment/catch_up_store.h"

#include <algorithm>

#include "services/payment/catch_up_sql.h"

namespace fsft::payment {

namespace {

std::string Seconds(std::chrono::milliseconds duration) {
  return std::to_string(std::chrono::duration<double>(duration).count());
}

}  // namespace

absl::StatusOr<std::optional<EventCursor>> CatchUpStore::Claim(std::chrono::seconds lease,
                                                               bool anyway, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kClaimCursor, {{"lease", lease.count()}, {"anyway", anyway}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return EventCursor{.claim = (*row)->Int64(0),
                     .read_to = (*row)->Time(1),
                     .failures = static_cast<int>((*row)->Int64(2)),
                     .now = (*row)->Time(3)};
}

absl::Status CatchUpStore::Move(const EventCursor& cursor, time::TimePoint read_to,
                                std::chrono::milliseconds pause, db::Deadline deadline) {
  return database_
      .RunOne(sql::kMoveCursor,
              {{"read_to", read_to}, {"pause", Seconds(pause)}, {"claim", cursor.claim}}, deadline)
      .status();
}

absl::Status CatchUpStore::PutOff(const EventCursor& cursor, std::chrono::milliseconds pause,
                                  db::Deadline deadline) {
  return database_
      .RunOne(sql::kPutCursorOff, {{"pause", Seconds(pause)}, {"claim", cursor.claim}}, deadline)
      .status();
}

absl::StatusOr<std::set<std::string>> CatchUpStore::Known(const std::vector<StripeEvent>& events,
                                                          db::Deadline deadline) {
  if (events.empty()) return std::set<std::string>();
  std::vector<std::string> ids;
  time::TimePoint from = events.front().created, until = from;
  for (const StripeEvent& event : events) {
    ids.push_back(event.id);
    from = std::min(from, event.created);
    until = std::max(until, event.created);
  }
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kKnownEvents,
                    {db::Param::Array("ids", ids), {"from", from}, {"until", until}}, deadline);
  if (!rows.ok()) return rows.status();
  std::set<std::string> known;
  for (const db::Row& row : *rows) known.insert(row.Text(0));
  return known;
}

absl::StatusOr<WaitingStretch> CatchUpStore::Waiting(const std::string& after, int limit,
                                                     db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kMatchable, {{"after", after}, {"limit", limit}}, deadline);
  if (!row.ok()) return row.status();
  return WaitingStretch{.events = (*row)->Int64(0),
                        .last_id = (*row)->TextOr(1),
                        .payment_ids = (*row)->TextArray(2)};
}

absl::StatusOr<int64_t> CatchUpStore::UnmatchedLeft(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kUnmatchedLeft, {}, deadline);
  if (!row.ok()) return row.status();
  return (*row)->Int64(0);
}

}  // namespace fsft::payment
