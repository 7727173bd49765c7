#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "services/payment/payment_store.h"
#include "shared/retention/sweeps.h"
#include "shared/rpc/channels.h"
#include "shared/work/outbox.h"
#include "shared/work/workers.h"

namespace fsft::config {
struct Config;
}

namespace fsft::payment {

// The background work of one payment replica: it tells fulfillment and intake of orders, blanks and
// deletes what was kept for long enough, and does what else it is given. Without FSFT_WORKERS it
// does nothing, and leaves the work to other replicas.
class Background {
 public:
  // All but `config` outlive it.
  Background(const config::Config& config, db::Database& database, PaymentStore& store,
             metrics::Registry& registry, std::shared_ptr<const rpc::Channels> fulfillment,
             std::shared_ptr<const rpc::Channels> intake);

  // For steps that do many things one after the other.
  std::stop_token stopping() const { return stop_.get_token(); }

  // Begins other work, which nobody wakes: it looks by itself what there is to do. What the step uses
  // must outlive Stop.
  void Start(std::string name, work::Worker::Step step);

  // The same, for what need not be known at once: a third as often.
  void StartCalm(std::string name, work::Worker::Step step);

  // After a commit that changed an order.
  void Wake();
  // Begins nothing more, and returns at once.
  void StopClaiming() { workers_.StopClaiming(); }
  // And finishes what is under way.
  void Stop() { workers_.Stop(); }

 private:
  const bool enabled_;
  const std::chrono::milliseconds poll_;
  metrics::Registry& registry_;
  const std::stop_source stop_;
  work::Outbox to_fulfillment_;
  work::Outbox to_intake_;
  retention::Sweeps sweeps_;
  std::vector<work::Worker*> relays_;
  // Last: they use all of the above.
  work::Workers workers_{stop_};
};

}  // namespace fsft::payment
