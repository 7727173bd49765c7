#include "services/payment/event_catch_up.h"

#include <algorithm>
#include <set>

#include "services/payment/stripe_outage.h"
#include "shared/logging/logging.h"

namespace fsft::payment {

namespace {

constexpr std::chrono::seconds kDatabasePatience{10};
// How late an event may appear on the list.
constexpr std::chrono::seconds kOverlap{3600};
constexpr std::chrono::seconds kMaxAge = kOverlap / 2;
// Stripe keeps events for thirty days.
constexpr std::chrono::seconds kWhole{std::chrono::hours(24 * 31)};
constexpr std::chrono::seconds kShortest{1};
constexpr int kWaitingAtOnce = 500;
// Of one page, however often it is asked for: whoever stops waits for the one that is under way.
constexpr std::chrono::seconds kPagePatience{20};

// What may move a payment. Whatever else happens in the account is not ours to keep.
const std::vector<std::string>& Types() {
  static const std::vector<std::string>* const types = new std::vector<std::string>{
      "checkout.session.completed",
      "checkout.session.async_payment_succeeded",
      "checkout.session.async_payment_failed",
      "checkout.session.expired",
      "charge.refunded",
      "charge.refund.updated",
      "refund.created",
      "refund.updated",
      "refund.failed",
      "charge.dispute.created",
      "charge.dispute.updated",
      "charge.dispute.closed",
      "charge.dispute.funds_withdrawn",
      "charge.dispute.funds_reinstated",
  };
  return *types;
}

// What was applied stays so, and is known to whoever reads on.
absl::Status Stopped() { return absl::UnavailableError("this process ends"); }

std::chrono::seconds HalfOf(time::TimePoint::duration time) {
  return std::max(kShortest, std::chrono::duration_cast<std::chrono::seconds>(time / 2));
}

}  // namespace

EventCatchUp::EventCatchUp(CatchUpStore& store, const StripeClient& stripe, Webhooks& webhooks,
                           work::Pace& pace, metrics::Registry& registry, Options options)
    : store_(store),
      stripe_(stripe),
      webhooks_(webhooks),
      pace_(pace),
      options_(std::move(options)),
      listed_(registry.AddCounter("stripe_events_listed_total", "Events read on Stripe's list")),
      missed_(registry.AddCounter("stripe_events_missed_total",
                                  "Events that no webhook has brought, and Stripe's list has")),
      stretch_(kWhole) {}

absl::StatusOr<int> EventCatchUp::ReadWhenDue() {
  if (pace_.Silent()) return 0;
  const absl::StatusOr<std::optional<EventCursor>> cursor =
      store_.Claim(2 * options_.patience, /*anyway=*/false, rpc::In(kDatabasePatience));
  if (!cursor.ok()) return cursor.status();
  if (!cursor->has_value()) return 0;
  const absl::StatusOr<CatchUpReport> report =
      Read(**cursor, options_.pause, rpc::In(options_.patience));
  if (!report.ok()) {
    PutOff(**cursor, report.status());
    return 0;
  }
  TryWaiting(rpc::In(options_.patience));
  return static_cast<int>(report->applied) + (report->more ? 1 : 0);
}

absl::StatusOr<CatchUpReport> EventCatchUp::ReadNow(rpc::Deadline deadline) {
  const absl::StatusOr<std::optional<EventCursor>> cursor =
      store_.Claim(2 * options_.patience, /*anyway=*/true, deadline);
  if (!cursor.ok()) return cursor.status();
  if (!cursor->has_value()) return absl::InternalError("the cursor of Stripe's events is gone");
  absl::StatusOr<CatchUpReport> report = Read(**cursor, std::chrono::seconds(0), deadline);
  if (!report.ok()) {
    PutOff(**cursor, report.status());
    // Not Stripe's fault, whatever it says.
    return Stopping() ? Stopped() : ForOperator(report.status());
  }
  TryWaiting(deadline);
  const absl::StatusOr<int64_t> left = store_.UnmatchedLeft(deadline);
  if (!left.ok()) return left.status();
  report->unmatched_left = *left;
  return report;
}

absl::StatusOr<CatchUpReport> EventCatchUp::Read(const EventCursor& cursor,
                                                 std::chrono::seconds min_age,
                                                 rpc::Deadline deadline) {
  const std::chrono::seconds stretch = stretch_;
  const time::TimePoint settled = cursor.now - kOverlap;
  const time::TimePoint until =
      std::min<time::TimePoint>(cursor.now - std::min(min_age, kMaxAge), cursor.read_to + stretch);
  // Stripe's clock counts whole seconds, and the one that has begun belongs to it.
  absl::StatusOr<Reading> reading = List(cursor.read_to, until + std::chrono::seconds(1), deadline);
  if (!reading.ok()) return reading.status();
  if (absl::Status status = Apply(*reading, deadline); !status.ok()) return status;

  CatchUpReport report{.read = reading->read,
                       .applied = static_cast<int64_t>(reading->news.size()),
                       .more = reading->overflow || until < settled};
  stretch_ = reading->overflow ? HalfOf(until - cursor.read_to) : std::min(kWhole, 2 * stretch);
  absl::Status moved =
      store_.Move(cursor, reading->overflow ? cursor.read_to : std::min(until, settled),
                  report.more ? std::chrono::seconds(0) : options_.pause, deadline);
  if (!moved.ok()) return moved;
  return report;
}

absl::StatusOr<EventCatchUp::Reading> EventCatchUp::List(time::TimePoint from,
                                                         time::TimePoint until,
                                                         rpc::Deadline deadline) {
  Reading reading;
  EventQuery query{.from = from, .until = until, .types = Types()};
  for (int pages = 0;; ++pages) {
    if (Stopping()) return Stopped();
    if (pages == options_.pages) {
      reading.overflow = true;
      return reading;
    }
    const std::optional<std::chrono::seconds> silence = pace_.AwaitTurn();
    if (silence) return LeftInPeace(*silence);
    absl::StatusOr<EventPage> page =
        stripe_.ListEvents(query, std::min(deadline, rpc::In(kPagePatience)));
    if (!page.ok()) return page.status();
    const absl::StatusOr<std::set<std::string>> known = store_.Known(page->events, deadline);
    if (!known.ok()) return known.status();
    reading.read += static_cast<int64_t>(page->events.size());
    listed_.Add(static_cast<double>(page->events.size()));
    for (StripeEvent& event : page->events) {
      if (!event.Effect().empty() && !known->contains(event.id)) {
        reading.news.push_back(std::move(event));
      }
    }
    if (!page->has_more) return reading;
    query.starting_after = page->last_id;
  }
}

// The oldest first, as they would have come. One that cannot be taken at all must not keep the
// others back; while it is younger than the overlap it is tried again.
absl::Status EventCatchUp::Apply(Reading& reading, rpc::Deadline deadline) {
  std::reverse(reading.news.begin(), reading.news.end());
  for (const StripeEvent& event : reading.news) {
    if (Stopping()) return Stopped();
    const absl::StatusOr<EventOutcome> outcome = webhooks_.Take(event, deadline);
    if (!outcome.ok() && IsOutage(outcome.status())) return outcome.status();
    missed_.Add();
    const logging::Level level = outcome.ok() ? logging::Level::kWarning : logging::Level::kError;
    logging::Write(level, "stripe event that no webhook has brought",
                   {{"event_id", event.id},
                    {"event_type", event.type},
                    {"outcome", outcome.ok() ? *outcome : outcome.status().ToString()}});
  }
  return absl::OkStatus();
}

// At once another replica's.
void EventCatchUp::GiveBack(const EventCursor& cursor) {
  const absl::Status moved =
      store_.Move(cursor, cursor.read_to, std::chrono::seconds(0), rpc::In(kDatabasePatience));
  if (!moved.ok()) {
    logging::Warning("the lease of stripe's events ends by itself", {{"status", moved.ToString()}});
  }
}

void EventCatchUp::PutOff(const EventCursor& cursor, const absl::Status& status) {
  if (Stopping()) return GiveBack(cursor);
  logging::Warning("stripe's events could not be read", {{"status", status.ToString()}});
  const absl::Status put_off = store_.PutOff(cursor, options_.backoff.After(cursor.failures + 1),
                                             rpc::In(kDatabasePatience));
  if (!put_off.ok()) {
    logging::Warning("the lease of stripe's events ends by itself",
                     {{"status", put_off.ToString()}});
  }
}

void EventCatchUp::TryWaiting(rpc::Deadline deadline) {
  const std::lock_guard lock(mutex_);
  const absl::StatusOr<WaitingStretch> waiting =
      store_.Waiting(tried_to_, kWaitingAtOnce, deadline);
  if (!waiting.ok()) return;
  tried_to_ = waiting->events == kWaitingAtOnce ? waiting->last_id : "";
  for (const std::string& payment_id : waiting->payment_ids) {
    if (Stopping()) return;
    webhooks_.TakeUpUnmatched(payment_id, deadline);
  }
}

}  // namespace fsft::payment
