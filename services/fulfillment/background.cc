#include "services/fulfillment/background.h"

#include <algorithm>
#include <utility>

#include "services/fulfillment/relay.h"
#include "shared/config/config.h"
#include "shared/logging/logging.h"

namespace fsft::fulfillment {
namespace {

// Letters under way at a time: a POST that hangs for its whole time-out must not hold up the
// others.
constexpr int kMailers = 4;

// The time-out keeps its proportion when the lease is configured shorter, so that the lease always
// outlives the POST.
std::chrono::milliseconds PrintTimeout(const config::Config& config) {
  return std::min<std::chrono::milliseconds>(kPrintTimeout,
                                             std::chrono::milliseconds(config.mail_lease) * 5 / 12);
}

Mailer::Options MailerOptions(const config::Config& config, std::function<void()> wake_relay) {
  return {.lease = config.mail_lease,
          .print_timeout = PrintTimeout(config),
          .policy = {.retry_min = config.mail_retry_min, .unsure_max = config.mail_unsure},
          .wake_relay = std::move(wake_relay)};
}

}  // namespace

Background::Background(const config::Config& config, db::Database& database, LettersStore& store,
                       Typesetter& typesetter, const crypto::KeyRing& ring,
                       metrics::Registry& registry, std::shared_ptr<const rpc::Channels> intake,
                       std::shared_ptr<const rpc::Channels> payment)
    : lob_(config.lob_api_base, config.lob_api_key, PrintTimeout(config),
           [this](const http::Request& request) { return http_.Send(request); }),
      submissions_(SubmissionsOf(std::move(intake))),
      mailer_(store, *submissions_, typesetter, lob_, ring, registry,
              MailerOptions(config, [this] { WakeRelay(); })),
      outbox_({.schema = "fulfillment", .target = "payment"}, database, registry,
              ToPayment(store, std::move(payment))) {
  if (!config.workers) return;
  const auto start = [&](std::string name, work::Worker::Step step) {
    return std::make_unique<work::Worker>(
        work::WorkerOptions{.name = std::move(name), .poll = config.work_poll}, registry,
        std::move(step));
  };
  relay_ = start("fulfillment_to_payment", [this] { return outbox_.RelayBatch(); });
  if (config.lob_api_key.empty()) {
    logging::Warning("no letters are mailed: FSFT_LOB_API_KEY is not set");
    return;
  }
  const auto mail_one = [this]() -> absl::StatusOr<int> {
    if (stopping_) return 0;
    return mailer_.MailOne();
  };
  for (int i = 0; i < kMailers; ++i) mailers_.push_back(start("mailing", mail_one));
}

Background::~Background() { Stop(); }

void Background::Wake() {
  for (auto& mailer : mailers_) mailer->Wake();
  WakeRelay();
}

void Background::WakeRelay() {
  if (relay_ != nullptr) relay_->Wake();
}

// Told all together, then waited for one by one: otherwise the last would go on claiming while the
// first finishes.
void Background::Stop() {
  stopping_ = true;
  for (auto& mailer : mailers_) mailer->Stop();
  if (relay_ != nullptr) relay_->Stop();
}

}  // namespace fsft::fulfillment
