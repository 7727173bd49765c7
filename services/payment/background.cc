#include "services/payment/background.h"

#include "services/payment/relay.h"
#include "services/payment/retention.h"
#include "shared/config/config.h"
#include "shared/db/gauges.h"

namespace fsft::payment {

Background::Background(const config::Config& config, db::Database& database, PaymentStore& store,
                       metrics::Registry& registry,
                       std::shared_ptr<const rpc::Channels> fulfillment,
                       std::shared_ptr<const rpc::Channels> intake)
    : enabled_(config.workers),
      poll_(config.work_poll),
      registry_(registry),
      to_fulfillment_({.schema = "payment", .target = "fulfillment"}, database, registry,
                      ToFulfillment(store, std::move(fulfillment))),
      to_intake_({.schema = "payment", .target = "intake"}, database, registry,
                 ToIntake(store, std::move(intake))),
      sweeps_(KeptForATime(config, database, stop_.get_token()), database, registry,
              config.retention) {
  if (!enabled_) return;
  const auto relay = [&](std::string name, work::Outbox& outbox) {
    relays_.push_back(&workers_.Start({.name = std::move(name),
                                       .poll = poll_,
                                       .pace = work::Outbox::kPace,
                                       .batch = work::Outbox::kBatch},
                                      registry_, [&outbox] { return outbox.RelayBatch(); }));
  };
  relay("payment_to_fulfillment", to_fulfillment_);
  relay("payment_to_intake", to_intake_);
  sweeps_.Start(workers_);
}

void Background::Start(std::string name, work::Worker::Step step) {
  if (enabled_)
    workers_.Start({.name = std::move(name), .poll = poll_}, registry_, std::move(step));
}

void Background::StartCalm(std::string name, work::Worker::Step step) {
  if (enabled_) {
    workers_.Start({.name = std::move(name), .poll = db::Gauges::kCalm * poll_}, registry_,
                   std::move(step));
  }
}

void Background::Wake() {
  for (work::Worker* relay : relays_) relay->Wake();
}

}  // namespace fsft::payment
