#include "services/fulfillment/tracking/tracking_store.h"

#include "services/fulfillment/lob/lob_letter.h"
#include "services/fulfillment/tracking/tracking_sql.h"

namespace fsft::fulfillment {

absl::StatusOr<TakenNews> TrackingStore::Take(const LobEvent& event, db::Deadline deadline) {
  return event.news.news.empty() ? Record(event, deadline) : Move(event.news, &event, deadline);
}

absl::StatusOr<TakenNews> TrackingStore::Take(const LetterNews& news, db::Deadline deadline) {
  return Move(news, nullptr, deadline);
}

absl::StatusOr<TakenNews> TrackingStore::Move(const LetterNews& news, const LobEvent* event,
                                              db::Deadline deadline) {
  const LobEvent none;
  const LobEvent& told = event == nullptr ? none : *event;
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kTakeNews,
                       {{"letter_id", news.letter_id},
                        db::Param::TextOrNull("payment_id", news.payment_id),
                        {"generation", news.generation},
                        {"news", news.news},
                        db::Param::TextOrNull("tracking_number", news.tracking_number),
                        db::Param::TextOrNull("expected_delivery", news.expected_delivery),
                        {"at", news.at},
                        db::Param::TextOrNull("event_id", told.id),
                        event == nullptr ? db::Param("created_at", std::nullopt)
                                         : db::Param("created_at", told.created),
                        db::Param::TextOrNull("type", told.type)},
                       deadline);
  if (!row.ok()) return row.status();
  // Nothing was inserted: the event was stored by an earlier delivery.
  if (!row->has_value()) return TakenNews{.outcome = "duplicate"};
  return TakenNews{.outcome = (*row)->Text(0),
                   .payment_id = (*row)->TextOr(1),
                   .from_state = (*row)->TextOr(2),
                   .to_state = (*row)->TextOr(3),
                   .others_wait = (*row)->Bool(4)};
}

absl::StatusOr<TakenNews> TrackingStore::Record(const LobEvent& event, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kRecordEvent,
                       {{"event_id", event.id},
                        {"created_at", event.created},
                        {"type", event.type},
                        db::Param::TextOrNull("letter_id", event.news.letter_id),
                        db::Param::TextOrNull("payment_id", event.news.payment_id)},
                       deadline);
  if (!row.ok()) return row.status();
  return TakenNews{.outcome = row->has_value() ? "ignored" : "duplicate"};
}

absl::StatusOr<std::vector<LobEvent>> TrackingStore::Unmatched(std::string_view letter_id,
                                                               db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kUnmatched, {{"letter_id", letter_id}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<LobEvent> events;
  for (const db::Row& row : *rows) {
    LobEvent event{.id = row.Text(0), .type = row.Text(2), .created = row.Time(1), .news = {}};
    event.news.news = NewsOfEvent(event.type);
    event.news.at = event.created;
    event.news.letter_id = letter_id;
    events.push_back(std::move(event));
  }
  return events;
}

absl::StatusOr<std::optional<int64_t>> TrackingStore::LastEventAge(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kLastEventAge, {}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Int64(0);
}

}  // namespace fsft::fulfillment
