#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/fulfillment/notify/notifications_store.h"
#include "shared/metrics/metrics.h"
#include "shared/smtp/client.h"
#include "shared/time/clock.h"
#include "shared/work/backoff.h"
#include "shared/work/pace.h"

namespace fsft::fulfillment {

// The email address of an intake's customer, empty when there is none. NOT_FOUND and DATA_LOSS are
// final; everything else is worth another try.
using FindContact =
    std::function<absl::StatusOr<std::string>(const std::string& intake_id, db::Deadline)>;
// As smtp::Client::Send.
using SendEmail = std::function<absl::StatusOr<smtp::Answer>(const smtp::Message& message)>;

// Sends what the schema's trigger intends, one email at a time. Several notifiers, here and in other
// replicas, may run; an email is with one of them at a time. A second copy of one can be sent in one
// case only: the server took it, and we did not live to hear or to write down that it did. Both have
// the same Message-ID.
class Notifier {
 public:
  struct Options {
    smtp::Mailbox from{};
    std::string public_url{};
    // What one takes: the address, the conversation, and a goodbye.
    std::chrono::seconds contact_patience{10};
    std::chrono::seconds send_patience = smtp::ClientOptions{}.Longest();
    // Outlives them, with a margin to write down what came of it.
    std::chrono::seconds lease = contact_patience + send_patience + std::chrono::seconds(40);
    // News is not sent that late.
    std::chrono::seconds news = std::chrono::days(7);
    work::Backoff backoff{.first = std::chrono::seconds(30), .cap = std::chrono::hours(1)};
    // About four days.
    int max_failures = 96;
    // How long the server is left alone that would take no message of ours.
    std::chrono::seconds silence{30};
  };

  // All outlive it.
  Notifier(NotificationsStore& store, FindContact find_contact, SendEmail send,
           const time::Clock& clock, metrics::Registry& registry, Options options);

  // The step of a Worker: one email; answers how many it found.
  absl::StatusOr<int> NotifyOne();
  // The step of a Worker where there is no server: skips what is due.
  absl::StatusOr<int> SkipDue();

 private:
  using Steady = std::chrono::steady_clock;

  absl::Status Work(const Notification& notification, Steady::time_point claimed_at);
  absl::Status Send(const Notification& notification, const std::string& address,
                    Steady::time_point claimed_at);
  absl::Status Settle(const Notification& notification, const smtp::Answer& answer);
  absl::Status End(const Notification& notification, std::string_view state,
                   std::string_view reason);
  absl::Status PutOff(const Notification& notification, std::string_view reason);
  absl::Status TakeBack(const Notification& notification);
  smtp::Message MessageFor(const Notification& notification, const std::string& address) const;
  void Count(std::string_view kind, std::string_view outcome);
  absl::Status MeasureNowAndThen();

  NotificationsStore& store_;
  const FindContact find_contact_;
  const SendEmail send_;
  const time::Clock& clock_;
  const Options options_;
  work::Pace pace_;
  metrics::Gauge& oldest_;
  std::map<std::string, metrics::Counter*, std::less<>> counters_;
  std::mutex mutex_;
  Steady::time_point next_measure_{};
};

}  // namespace fsft::fulfillment
