#include "services/fulfillment/letter_gauges.h"

#include "services/fulfillment/letter_gauges_sql.h"

namespace fsft::fulfillment {
namespace {

std::vector<db::Gauges::Spec> Specs() {
  const metrics::Labels outbox = {{"from", "fulfillment"}, {"to", "payment"}};
  std::vector<db::Gauges::Spec> specs = {
      {.row = "outbox",
       .name = "outbox_orders",
       .help = "Orders of which another service is to be told.",
       .labels = outbox},
      {.row = "outbox_age",
       .name = "outbox_oldest_age_seconds",
       .help = "How long the oldest of them has been waiting; 0 when none is.",
       .labels = outbox},
      {.row = "queue_age",
       .name = "letter_oldest_queued_age_seconds",
       .help = "How long the oldest letter in the queue has been paid for; 0 when none is."},
      {.row = "unmatched",
       .name = "lob_events_unmatched",
       .help = "Lob's events that wait for a letter of ours."},
      {.row = "unmatched_age",
       .name = "lob_event_oldest_unmatched_age_seconds",
       .help = "How long the oldest of them has been waiting; 0 when none is."},
      {.row = "webhook_age",
       .name = "lob_webhook_last_age_seconds",
       .help = "How long ago the last webhook of Lob's came; -1 before the first.",
       .nothing = -1},
  };
  for (const char* state :
       {"queued", "sending", "outcome_unknown", "dead_letter", "failed_at_printer", "cancelling"}) {
    specs.push_back({.row = std::string("letters.") + state,
                     .name = "letters_waiting",
                     .help = "Letters that are not in the mail, by state.",
                     .labels = {{"state", state}}});
  }
  for (const char* cause : {"operator", "paused_credentials"}) {
    specs.push_back({.row = std::string("paused.") + cause,
                     .name = "mailing_paused",
                     .help = "1 while no letter is posted, by cause.",
                     .labels = {{"cause", cause}}});
  }
  return specs;
}

}  // namespace

db::Gauges LetterGauges(db::Database& database, metrics::Registry& registry) {
  return {database, registry, sql::kLetterGauges, Specs()};
}

}  // namespace fsft::fulfillment
