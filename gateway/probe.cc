#include "gateway/probe.h"

#include <array>
#include <future>
#include <nlohmann/json.hpp>
#include <utility>

#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// For all questions of a round: see kPeriod. A machine that is merely busy answers in time.
constexpr milliseconds kRoundTime{1'500};
// Some rounds of waiting: the probe's thread hangs or starves, and what it saw is history.
constexpr std::chrono::seconds kBelievable{15};

// Answered, and said no: the service lives, what it depends on does not.
bool SaidNo(const absl::Status& health) { return rpc::DetailOf(health).reason() == "not_serving"; }

Part PartOf(const absl::Status& health) { return health.ok() ? Part::kOk : Part::kDown; }

Part DatabaseOf(const std::array<absl::Status, 3>& health) {
  Part database = Part::kUnknown;
  for (const absl::Status& service : health) {
    if (service.ok()) return Part::kOk;
    if (SaidNo(service)) database = Part::kDown;
  }
  return database;
}

template <class Status>
struct Answer {
  absl::Status health;
  std::optional<Status> status;
};

// Of a service that serves, also how it is.
template <class AskStatus>
auto Ask(absl::Status health, AskStatus ask_status) {
  Answer<typename decltype(ask_status())::value_type> answer{std::move(health), std::nullopt};
  if (!answer.health.ok()) return answer;
  if (auto status = ask_status(); status.ok()) answer.status = *std::move(status);
  return answer;
}

template <class Status>
nlohmann::ordered_json AgeNow(const std::optional<Status>& status, Snapshot::Time taken) {
  if (!status || !status->has_last_event_age()) return nullptr;
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - taken);
  return status->last_event_age().seconds() + since.count();
}

}  // namespace

bool Snapshot::Ready() const {
  return intake == Part::kOk && payment == Part::kOk && fulfillment == Part::kOk;
}

nlohmann::ordered_json Snapshot::LastEventAge() const { return AgeNow(payment_status, taken); }

nlohmann::ordered_json Snapshot::LastPrinterEventAge() const {
  return AgeNow(fulfillment_status, taken);
}

Probe::~Probe() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Probe::Start(milliseconds period) {
  thread_ = std::thread([this, period] { Run(period); });
}

void Probe::Run(milliseconds period) {
  const auto stopped = [this] { return stop_; };
  std::unique_lock lock(mutex_);
  while (!stop_) {
    // From beginning to beginning: after a round that waited in vain the next follows at once.
    const auto next = steady_clock::now() + period;
    lock.unlock();
    RunOnce();
    lock.lock();
    stop_changed_.wait_until(lock, next, stopped);
  }
}

void Probe::RunOnce() {
  const rpc::Deadline deadline = rpc::In(kRoundTime);
  // Side by side, or one service that hangs would use up the others' time.
  auto ask_payment = std::async(std::launch::async, [&] {
    return Ask(backend_.CheckHealth(Service::kPayment, deadline),
               [&] { return backend_.PaymentStatus(deadline); });
  });
  auto ask_fulfillment = std::async(std::launch::async, [&] {
    return Ask(backend_.CheckHealth(Service::kFulfillment, deadline),
               [&] { return backend_.FulfillmentStatus(deadline); });
  });
  const absl::Status intake = backend_.CheckHealth(Service::kIntake, deadline);
  auto payment = ask_payment.get();
  auto fulfillment = ask_fulfillment.get();

  const std::lock_guard lock(mutex_);
  latest_ = {.intake = PartOf(intake),
             .payment = PartOf(payment.health),
             .fulfillment = PartOf(fulfillment.health),
             .database = DatabaseOf({intake, payment.health, fulfillment.health}),
             .payment_status = std::move(payment.status),
             .fulfillment_status = std::move(fulfillment.status),
             .taken = steady_clock::now()};
}

bool Probe::HasLooked() const {
  const std::lock_guard lock(mutex_);
  return latest_.taken != Snapshot::Time{};
}

Snapshot Probe::Latest() const {
  const std::lock_guard lock(mutex_);
  return steady_clock::now() - latest_.taken < kBelievable ? latest_ : Snapshot{};
}

}  // namespace fsft::gateway
