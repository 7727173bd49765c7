#include "services/intake/background.h"

#include <utility>

#include "services/intake/key_rotation.h"
#include "services/intake/retention.h"
#include "shared/config/config.h"
#include "shared/rpc/deadline.h"

namespace fsft::intake {

namespace {

constexpr std::chrono::seconds kPatience{5};
// The whole ledger is compared, which may be long.
constexpr std::chrono::minutes kLedgerPatience{5};

}  // namespace

Background::Background(const config::Config& config, db::Database& database, IntakeStore& store,
                       Eraser& eraser, crypto::KeySource& keys, metrics::Registry& registry)
    : sweeps_(KeptForATime(config, database, eraser, stop_.get_token()), database, registry,
              config.retention) {
  if (!config.workers) return;
  const auto start = [&](std::string name, std::chrono::milliseconds poll,
                         work::Worker::Step step) {
    workers_.Start({.name = std::move(name), .poll = poll}, registry, std::move(step));
  };
  start("forget_requests", std::chrono::minutes(1),
        [&store] { return store.ForgetRequests(rpc::In(kPatience)); });
  // A step that found something is run again at once: what is erased is found no more.
  start("erase_again", std::chrono::minutes(10),
        [this, &eraser] { return eraser.EraseAgain(rpc::In(kLedgerPatience), stop_.get_token()); });
  for (rotation::Rows& rows : RowsUnderKeys()) {
    renewals_.push_back(std::make_unique<rotation::Renewal>(std::move(rows), database, keys,
                                                            registry, config.rewrap));
    start("rewrap", config.work_poll,
          [renewal = renewals_.back().get()] { return renewal->RenewBatch(); });
  }
  sweeps_.Start(workers_);
}

}  // namespace fsft::intake
