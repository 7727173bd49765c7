#include "services/fulfillment/mailing/settling.h"

#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {
namespace {

absl::Status PauseMailing(const std::string& refused_key, MailingStore& store,
                          metrics::Registry& registry) {
  absl::StatusOr<bool> paused = store.PauseForCredentials(refused_key, rpc::In(kDatabasePatience));
  if (!paused.ok()) return paused.status();
  if (!*paused) return absl::OkStatus();
  logging::Error("mailing is paused: the printer refuses our key",
                 {{"cause", "paused_credentials"}});
  registry
      .AddCounter("mailing_pauses_total", "Pauses of mailing that it made itself",
                  {{"cause", "paused_credentials"}})
      .Add();
  return absl::OkStatus();
}

}  // namespace

absl::Status SettleLetter(const Lease& letter, const Decision& decision, MailingStore& store,
                          metrics::Registry& registry, const std::function<void()>& wake_relay) {
  if (!decision.refused_key.empty()) {
    absl::Status paused = PauseMailing(decision.refused_key, store, registry);
    if (!paused.ok()) return paused;
  }
  absl::StatusOr<std::optional<std::string>> settled =
      store.Settle(letter, decision, rpc::In(kDatabasePatience));
  if (!settled.ok()) return settled.status();
  const std::string state = settled->value_or("lease_lost");
  logging::Info("letter settled", {{"payment_id", letter.payment_id},
                                   {"attempt", letter.attempt},
                                   {"state", state},
                                   {"reason", decision.reason}});
  registry
      .AddCounter("letters_settled_total",
                  "Attempts to mail a letter and looks at it, by the state that followed",
                  {{"state", state}})
      .Add();
  const bool moved = settled->has_value() && (state != letter.state || !decision.letter_id.empty());
  if (moved && wake_relay) wake_relay();
  return absl::OkStatus();
}

}  // namespace fsft::fulfillment
