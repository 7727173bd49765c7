#include "services/payment/event_store.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "services/payment/event_sql.h"
#include "services/payment/money_events.h"
#include "shared/db/errors.h"

namespace fsft::payment {

namespace {

// The parameters of sql::kApply, event by event.
struct Columns {
  explicit Columns(std::span<const StripeEvent* const> events) {
    for (const StripeEvent* event : events) Add(*event);
  }

  void Add(const StripeEvent& event) {
    event_ids.push_back(event.id);
    created.push_back(time::FormatRfc3339(event.created));
    types.push_back(event.type);
    effects.emplace_back(event.Effect());
    sources.push_back(event.source);
    livemodes.emplace_back(event.livemode ? "true" : "false");
    payment_ids.push_back(event.payment_id);
    session_ids.push_back(event.session_id);
    payment_intents.push_back(event.payment_intent);
    amounts.push_back(event.amount_cents);
    currencies.push_back(event.currency);
    customers.push_back(event.customer);
    receipt_urls.push_back(event.receipt_url);
  }

  std::vector<std::string> event_ids, created, types, effects, sources, livemodes, payment_ids,
      session_ids, payment_intents, currencies, customers, receipt_urls;
  std::vector<int64_t> amounts;
};

// Where those stand that one statement can take: of each session, payment and event the first one.
std::vector<size_t> Independent(std::span<const StripeEvent* const> events) {
  std::vector<size_t> independent;
  std::unordered_set<std::string_view> seen;
  for (size_t i = 0; i < events.size(); ++i) {
    if (events[i] == nullptr) continue;
    const StripeEvent& event = *events[i];
    if (event.Effect().empty() || ChangesTheBalance(event)) continue;
    const std::string_view names[] = {event.id, event.session_id, event.payment_id};
    const auto is_taken = [&](std::string_view name) { return seen.contains(name); };
    if (std::ranges::any_of(names, is_taken)) continue;
    for (std::string_view name : names) {
      if (!name.empty()) seen.insert(name);
    }
    independent.push_back(i);
  }
  return independent;
}

}  // namespace

absl::StatusOr<AppliedEvent> EventStore::Apply(const StripeEvent& event, bool livemode,
                                               db::Deadline deadline) {
  if (event.Effect().empty()) return Record(event, livemode, deadline);
  if (ChangesTheBalance(event)) return ApplyToBalance(database_, event, livemode, deadline);
  return ApplyToSession(event, livemode, deadline);
}

absl::StatusOr<std::vector<std::optional<AppliedEvent>>> EventStore::ApplyTogether(
    std::span<const StripeEvent* const> events, bool livemode, db::Deadline deadline) {
  std::vector<std::optional<AppliedEvent>> applied(events.size());
  const std::vector<size_t> positions = Independent(events);
  if (positions.empty()) return applied;
  std::vector<const StripeEvent*> together;
  for (size_t i : positions) together.push_back(events[i]);
  auto done = ApplyToSessions(together, livemode, deadline);
  if (db::MayBeOfOne(done.status())) return applied;
  if (!done.ok()) return done.status();
  for (size_t i = 0; i < positions.size(); ++i) applied[positions[i]] = std::move((*done)[i]);
  return applied;
}

absl::StatusOr<AppliedEvent> EventStore::ApplyToSession(const StripeEvent& event, bool livemode,
                                                        db::Deadline deadline) {
  const StripeEvent* const events[] = {&event};
  auto applied = ApplyToSessions(events, livemode, deadline);
  if (absl::IsAlreadyExists(applied.status())) {
    applied = ApplyToSessions(events, livemode, deadline);
  }
  if (!applied.ok()) return applied.status();
  return std::move(applied->front());
}

absl::StatusOr<std::vector<AppliedEvent>> EventStore::ApplyToSessions(
    std::span<const StripeEvent* const> events, bool livemode, db::Deadline deadline) {
  const Columns columns(events);
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kApply,
                    {db::Param::Array("event_ids", columns.event_ids),
                     db::Param::Array("created", columns.created),
                     db::Param::Array("types", columns.types),
                     db::Param::Array("effects", columns.effects),
                     db::Param::Array("sources", columns.sources),
                     db::Param::Array("livemodes", columns.livemodes),
                     db::Param::Array("payment_ids", columns.payment_ids),
                     db::Param::Array("session_ids", columns.session_ids),
                     db::Param::Array("payment_intents", columns.payment_intents),
                     db::Param::Array("amounts", columns.amounts),
                     db::Param::Array("currencies", columns.currencies),
                     db::Param::Array("customers", columns.customers),
                     db::Param::Array("receipt_urls", columns.receipt_urls),
                     {"our_livemode", livemode}},
                    deadline);
  if (!rows.ok()) return rows.status();
  std::unordered_map<std::string, AppliedEvent> applied;
  for (const db::Row& row : *rows) {
    applied[row.Text(0)] = {.outcome = row.Text(1),
                            .payment_id = row.TextOr(2),
                            .state = row.TextOr(3),
                            .others_wait = row.Bool(4)};
  }
  std::vector<AppliedEvent> answers;
  for (const StripeEvent* event : events) {
    const auto found = applied.find(event->id);
    // Nothing was inserted: the event was stored by an earlier delivery.
    answers.push_back(found != applied.end() ? found->second
                                             : AppliedEvent{.outcome = "duplicate"});
  }
  return answers;
}

absl::StatusOr<std::vector<StripeEvent>> EventStore::Unmatched(std::string_view payment_id,
                                                               db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kUnmatched, {{"payment_id", payment_id}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<StripeEvent> events;
  for (const db::Row& row : *rows) {
    StripeEvent event;
    event.id = row.Text(0);
    event.created = row.Time(1);
    event.type = row.Text(2);
    event.payment_id = row.TextOr(3);
    event.session_id = row.TextOr(4);
    event.payment_intent = row.TextOr(5);
    event.amount_cents = row.Int64(6);
    event.currency = row.TextOr(7);
    event.livemode = row.Bool(8);
    event.object_id = row.TextOr(9);
    event.object_status = row.TextOr(10);
    event.source = row.Text(11);
    // An unpaid session's event has no effect, so it never is unmatched.
    event.payment_status = "paid";
    events.push_back(std::move(event));
  }
  return events;
}

absl::StatusOr<AppliedEvent> EventStore::Record(const StripeEvent& event, bool livemode,
                                                db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kRecordEvent,
                       {{"event_id", event.id},
                        {"created_at", event.created},
                        {"type", event.type},
                        {"livemode", event.livemode},
                        {"our_livemode", livemode},
                        db::Param::TextOrNull("payment_id", event.payment_id),
                        db::Param::TextOrNull("session_id", event.session_id),
                        db::Param::TextOrNull("payment_intent", event.payment_intent),
                        {"amount", event.amount_cents},
                        db::Param::TextOrNull("currency", event.currency),
                        {"source", event.source},
                        db::Param::TextOrNull("receipt_url", event.receipt_url)},
                       deadline);
  if (!row.ok()) return row.status();
  return AppliedEvent{.outcome = row->has_value() ? (*row)->Text(0) : "duplicate"};
}

absl::StatusOr<std::optional<int64_t>> EventStore::LastEventAge(db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(sql::kLastEventAge, {}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Int64(0);
}

}  // namespace fsft::payment
