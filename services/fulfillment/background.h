#pragma once

#include <memory>
#include <vector>

#include "services/fulfillment/erasures.h"
#include "services/fulfillment/letter_gauges.h"
#include "services/fulfillment/letters_store.h"
#include "services/fulfillment/lob/lob_client.h"
#include "services/fulfillment/lob/lob_key.h"
#include "services/fulfillment/mailing/follower.h"
#include "services/fulfillment/mailing/mailer.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "services/fulfillment/mailing/submissions.h"
#include "services/fulfillment/tracking/letter_reports.h"
#include "shared/http/client.h"
#include "shared/retention/sweeps.h"
#include "shared/rotation/renewal.h"
#include "shared/rpc/channels.h"
#include "shared/work/outbox.h"
#include "shared/work/pace.h"
#include "shared/work/workers.h"

namespace fsft::config {
struct Config;
}

namespace fsft::fulfillment {

// The background work of one fulfillment replica: it mails letters, follows them at the printer,
// tells payment of them, forgets those of people whom intake has forgotten, and deletes what was
// kept for long enough.
// Without FSFT_WORKERS it does nothing, and leaves the work to other replicas; without a key for
// Lob it tells but does not mail.
class Background {
 public:
  // All but `config` outlive it.
  Background(const config::Config& config, db::Database& database, LettersStore& store,
             MailingStore& mailing, LobKey& lob_key, Typesetter& typesetter,
             crypto::KeySource& keys, metrics::Registry& registry,
             std::shared_ptr<const rpc::Channels> intake,
             std::shared_ptr<const rpc::Channels> payment);
  ~Background();

  // Takes what is told of letters; lives as long as this does.
  Tracker& tracker() { return tracker_; }

  // After a commit that changed a letter. Never blocks.
  void Wake();
  // Claims no more, gives back the letters that are not being posted, and returns at once.
  void StopClaiming();
  // And waits for those under way, which may take as long as one POST.
  void Stop();

 private:
  void WakeRelay();

  const std::stop_source stop_;
  const http::Client http_;
  work::Pace pace_;
  LobClient lob_;
  const std::unique_ptr<Submissions> submissions_;
  Mailer mailer_;
  TrackingStore tracking_;
  Tracker tracker_;
  Follower follower_;
  work::Outbox outbox_;
  LetterReports reports_;
  db::Gauges gauges_;
  ErasureFollower erasures_;
  rotation::Renewal renewal_;
  retention::Sweeps sweeps_;
  work::Worker* relay_ = nullptr;
  // The mailers, and one that follows.
  std::vector<work::Worker*> at_printer_;
  // Last: they use all of the above.
  work::Workers workers_{stop_};
};

}  // namespace fsft::fulfillment
