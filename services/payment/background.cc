#include "services/payment/background.h"

#include "services/payment/relay.h"
#include "shared/config/config.h"

namespace fsft::payment {

Background::Background(const config::Config& config, db::Database& database, PaymentStore& store,
                       metrics::Registry& registry,
                       std::shared_ptr<const rpc::Channels> fulfillment,
                       std::shared_ptr<const rpc::Channels> intake)
    : to_fulfillment_({.schema = "payment", .target = "fulfillment"}, database, registry,
                      ToFulfillment(store, std::move(fulfillment))),
      to_intake_({.schema = "payment", .target = "intake"}, database, registry,
                 ToIntake(store, std::move(intake))) {
  if (!config.workers) return;
  const auto start = [&](std::string name, work::Outbox& outbox) {
    workers_.push_back(std::make_unique<work::Worker>(
        work::WorkerOptions{.name = std::move(name), .poll = config.work_poll}, registry,
        [&outbox] { return outbox.RelayBatch(); }));
  };
  start("payment_to_fulfillment", to_fulfillment_);
  start("payment_to_intake", to_intake_);
}

void Background::Wake() {
  for (auto& worker : workers_) worker->Wake();
}

void Background::Stop() {
  for (auto& worker : workers_) worker->Stop();
}

}  // namespace fsft::payment
