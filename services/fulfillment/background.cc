#include "services/fulfillment/background.h"

#include <algorithm>
#include <utility>

#include "services/fulfillment/key_rotation.h"
#include "services/fulfillment/relay.h"
#include "services/fulfillment/retention.h"
#include "shared/config/config.h"
#include "shared/http/outgoing_metrics.h"
#include "shared/logging/logging.h"

namespace fsft::fulfillment {
namespace {

// A letter is stuck after days, so minutes more are nothing, and every replica counts.
constexpr std::chrono::minutes kStuckPoll{5};

// Letters under way at a time: a POST that hangs for its whole time-out must not hold up the
// others.
constexpr int kMailers = 4;

// The time-out keeps its proportion when the lease is configured shorter, so that the lease always
// outlives the POST.
std::chrono::milliseconds PrintTimeout(const config::Config& config) {
  return std::min<std::chrono::milliseconds>(kPrintTimeout,
                                             std::chrono::milliseconds(config.mail_lease) * 5 / 12);
}

work::Pace::Clock::duration IntervalOf(const config::Config& config) {
  return std::chrono::duration_cast<work::Pace::Clock::duration>(std::chrono::seconds(1)) /
         config.lob_requests_per_second;
}

// Each of the others may be before us. No more than what the lease has beside the time-out.
std::chrono::milliseconds LongestTurn(const config::Config& config) {
  return std::min(std::chrono::ceil<std::chrono::milliseconds>(kMailers * IntervalOf(config)),
                  std::chrono::milliseconds(config.mail_lease) / 4);
}

MailingPolicy PolicyOf(const config::Config& config) {
  return {.retry_min = config.mail_retry_min, .unsure_max = config.mail_unsure};
}

}  // namespace

Background::Background(const config::Config& config, db::Database& database, LettersStore& store,
                       MailingStore& mailing, LobKey& lob_key, Typesetter& typesetter,
                       crypto::KeySource& keys, metrics::Registry& registry,
                       std::shared_ptr<const rpc::Channels> intake,
                       std::shared_ptr<const rpc::Channels> payment)
    : http_({.observe = http::MeasuredAs(registry, "lob")}),
      pace_(IntervalOf(config), LobClient::kEndpoints),
      lob_(
          config.lob_api_base, [&lob_key] { return lob_key.Current(); }, PrintTimeout(config),
          pace_, [this](const http::Request& request) { return http_.Send(request); }),
      submissions_(SubmissionsOf(intake)),
      mailer_(mailing, *submissions_, typesetter, lob_, keys, registry,
              {.lease = config.mail_lease,
               .print_timeout = PrintTimeout(config),
               .longest_turn = LongestTurn(config),
               .policy = PolicyOf(config),
               .wake_relay = [this] { WakeRelay(); },
               .stopping = [this] { return stop_.stop_requested(); }}),
      tracking_(database),
      tracker_(tracking_, registry, [this] { WakeRelay(); }),
      follower_(mailing, lob_, tracker_, registry,
                {.lease = config.mail_lease,
                 .policy = PolicyOf(config),
                 .wake_relay = [this] { WakeRelay(); }}),
      outbox_({.schema = "fulfillment", .target = "payment"}, database, registry,
              ToPayment(store, std::move(payment))),
      reports_(database, registry, lob_key.livemode()),
      gauges_(LetterGauges(database, registry)),
      erasures_(database, ErasuresOf(std::move(intake))),
      renewal_(LettersUnderKeys(), database, keys, registry, config.rewrap),
      sweeps_(KeptForATime(config, database, stop_.get_token()), database, registry,
              config.retention) {
  if (!config.workers) return;
  const auto start_every = [&](std::chrono::milliseconds poll, std::string name,
                               work::Worker::Step step) {
    return &workers_.Start({.name = std::move(name), .poll = poll}, registry, std::move(step));
  };
  const auto start = [&](std::string name, work::Worker::Step step) {
    return start_every(config.work_poll, std::move(name), std::move(step));
  };
  relay_ = &workers_.Start({.name = "fulfillment_to_payment",
                            .poll = config.work_poll,
                            .pace = work::Outbox::kPace,
                            .batch = work::Outbox::kBatch},
                           registry, [this] { return outbox_.RelayBatch(); });
  start("erasures", [this] { return erasures_.FollowBatch(); });
  start("rewrap", [this] { return renewal_.RenewBatch(); });
  start_every(kStuckPoll, "stuck_letters", [this] { return reports_.Measure(); });
  start_every(db::Gauges::kCalm * config.work_poll, "letter_gauges", [this, &lob_key] {
    const std::string key = lob_key.Fingerprint();
    return gauges_.Measure({{"key", key}});
  });
  sweeps_.Start(workers_);
  if (config.lob_api_key.empty()) {
    logging::Warning("no letters are mailed: FSFT_LOB_API_KEY is not set");
    return;
  }
  // While the printer wants silence, letters are better left to other replicas.
  const auto while_heard = [this](auto step) {
    return [this, step]() -> absl::StatusOr<int> {
      if (pace_.Silent()) return 0;
      return step();
    };
  };
  for (int i = 0; i < kMailers; ++i)
    at_printer_.push_back(start("mailing", while_heard([this] { return mailer_.MailOne(); })));
  at_printer_.push_back(start("following", while_heard([this] { return follower_.FollowOne(); })));
}

Background::~Background() { Stop(); }

void Background::Wake() {
  for (work::Worker* worker : at_printer_) worker->Wake();
  WakeRelay();
}

void Background::WakeRelay() {
  if (relay_ != nullptr) relay_->Wake();
}

void Background::StopClaiming() {
  workers_.StopClaiming();
  lob_.StopAsking();
}

void Background::Stop() {
  StopClaiming();
  workers_.Stop();
}

}  // namespace fsft::fulfillment
