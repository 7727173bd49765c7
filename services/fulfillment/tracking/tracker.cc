#include "services/fulfillment/tracking/tracker.h"

#include <utility>

#include "shared/logging/logging.h"

namespace fsft::fulfillment {
namespace {

std::map<std::string, metrics::Counter*, std::less<>> Counters(metrics::Registry& registry) {
  std::map<std::string, metrics::Counter*, std::less<>> counters;
  for (const char* outcome : {"processed", "duplicate", "unmatched", "ignored"}) {
    counters[outcome] = &registry.AddCounter("lob_events_total", "Lob's events, by outcome",
                                             {{"outcome", outcome}});
  }
  return counters;
}

bool IsSeenByTheMail(std::string_view word) {
  return word == news::kMoving || word == news::kDelivered || word == news::kReturned;
}

LetterNews NewsOf(const PrintedLetter& seen, std::string_view word, time::TimePoint at) {
  return {.news = std::string(word),
          .at = at,
          .letter_id = seen.letter_id,
          .payment_id = "",
          .generation = 0,
          .tracking_number = seen.tracking_number,
          .expected_delivery = seen.expected_delivery};
}

std::string_view WordOf(PrintedLetter::Fate fate) {
  switch (fate) {
    case PrintedLetter::Fate::kFailed:
      return news::kFailed;
    case PrintedLetter::Fate::kDeleted:
      return news::kDeleted;
    default:
      return news::kAccepted;
  }
}

}  // namespace

std::vector<LetterNews> NewsOfLook(const PrintedLetter& seen) {
  // Nobody says when it failed; it moves from then on no more, so the time is of no use.
  std::vector<LetterNews> told = {NewsOf(seen, WordOf(seen.fate), time::TimePoint())};
  for (const std::string_view word : {news::kMoving, news::kDelivered, news::kReturned}) {
    const Scan* last = nullptr;
    for (const Scan& scan : seen.scans) {
      if (scan.news == word && (last == nullptr || last->at < scan.at)) last = &scan;
    }
    if (last != nullptr) told.push_back(NewsOf(seen, word, last->at));
  }
  return told;
}

Tracker::Tracker(TrackingStore& store, metrics::Registry& registry,
                 std::function<void()> wake_relay)
    : store_(store),
      wake_relay_(std::move(wake_relay)),
      counters_(Counters(registry)),
      strays_(registry.AddCounter("stray_letter_events_total",
                                  "Events of letters in the mail that do not count: second ones of "
                                  "a payment, and those of an older generation")) {}

absl::StatusOr<TakenNews> Tracker::Take(const LobEvent& event, rpc::Deadline deadline) {
  absl::StatusOr<TakenNews> taken = TakeOne(event, deadline);
  if (taken.ok() && taken->others_wait) TakeUpUnmatched(event.news.letter_id, deadline);
  return taken;
}

absl::StatusOr<std::string> Tracker::Take(const PrintedLetter& seen, rpc::Deadline deadline) {
  std::string state;
  bool others_wait = false;
  for (const LetterNews& news : NewsOfLook(seen)) {
    absl::StatusOr<TakenNews> taken = store_.Take(news, deadline);
    if (!taken.ok()) return taken.status();
    Tell(news, *taken);
    state = taken->to_state;
    others_wait = taken->others_wait;
  }
  if (others_wait) TakeUpUnmatched(seen.letter_id, deadline);
  return state;
}

absl::StatusOr<TakenNews> Tracker::TakeOne(const LobEvent& event, rpc::Deadline deadline) {
  absl::StatusOr<TakenNews> taken = store_.Take(event, deadline);
  if (!taken.ok()) return taken.status();
  counters_.find(taken->outcome)->second->Add();
  Tell(event.news, *taken);
  if (taken->outcome == "unmatched") {
    logging::Warning(
        "event of the printer's without a letter",
        {{"event_id", event.id}, {"event_type", event.type}, {"letter_id", event.news.letter_id}});
  }
  // The mail has a second letter of a payment, or one of an older generation, whether the present
  // one has been posted or not.
  if (taken->outcome == "ignored" && IsSeenByTheMail(event.news.news)) {
    strays_.Add();
    logging::Error("a letter that does not count is on its way",
                   {{"event_id", event.id},
                    {"event_type", event.type},
                    {"letter_id", event.news.letter_id},
                    {"payment_id", event.news.payment_id}});
  }
  return taken;
}

void Tracker::TakeUpUnmatched(const std::string& letter_id, rpc::Deadline deadline) {
  const absl::StatusOr<std::vector<LobEvent>> events = store_.Unmatched(letter_id, deadline);
  if (!events.ok()) {
    logging::Warning("unmatched events were not tried again",
                     {{"letter_id", letter_id}, {"status", events.status().ToString()}});
    return;
  }
  for (const LobEvent& event : *events) {
    const absl::StatusOr<TakenNews> taken = TakeOne(event, deadline);
    logging::Info("unmatched event tried again",
                  {{"event_id", event.id},
                   {"letter_id", letter_id},
                   {"outcome", taken.ok() ? taken->outcome : taken.status().ToString()}});
  }
}

// The lines at level error are what an operator is alerted by: a letter that was paid for is not in
// the mail, or one that should not be is.
void Tracker::Tell(const LetterNews& news, const TakenNews& taken) {
  const auto alert = [&](std::string_view message) {
    logging::Error(message, {{"payment_id", taken.payment_id},
                             {"letter_id", news.letter_id},
                             {"news", news.news},
                             {"state", taken.to_state}});
  };
  if (taken.outcome != "processed") return;
  wake_relay_();
  if (taken.from_state == taken.to_state) return;
  if (taken.to_state == "failed_at_printer") {
    alert("the printer failed a letter that it had accepted");
  } else if (taken.from_state == "cancelled" || taken.from_state == "failed_at_printer") {
    alert("a letter that was given up is on its way");
  } else {
    logging::Info("letter moved", {{"payment_id", taken.payment_id},
                                   {"from_state", taken.from_state},
                                   {"to_state", taken.to_state}});
  }
}

}  // namespace fsft::fulfillment
