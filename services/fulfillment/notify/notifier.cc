#include "services/fulfillment/notify/notifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/fulfillment/mailing/submissions.h"
#include "services/fulfillment/notify/email.h"
#include "shared/logging/logging.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {
namespace {

using Verdict = smtp::Answer::Verdict;

constexpr std::chrono::seconds kDatabasePatience{10};
constexpr std::chrono::seconds kMeasureEvery{5};
// For one replica; mail servers count messages, too.
constexpr std::chrono::milliseconds kInterval{50};
constexpr int kSkipBatch = 500;

std::map<std::string, metrics::Counter*, std::less<>> Counters(metrics::Registry& registry) {
  std::map<std::string, metrics::Counter*, std::less<>> counters;
  for (const std::string_view kind : kNotificationKinds) {
    for (const char* outcome : {"sent", "put_off", "failed", "skipped", "taken_back"}) {
      const std::string name(kind);
      counters[absl::StrCat(name, " ", outcome)] =
          &registry.AddCounter("notifications_total", "Emails to customers, by kind and outcome",
                               {{"kind", name}, {"outcome", outcome}});
    }
  }
  return counters;
}

}  // namespace

Notifier::Notifier(NotificationsStore& store, FindContact find_contact, SendEmail send,
                   const time::Clock& clock, metrics::Registry& registry, Options options)
    : store_(store),
      find_contact_(std::move(find_contact)),
      send_(std::move(send)),
      clock_(clock),
      options_(std::move(options)),
      pace_(kInterval),
      oldest_(registry.AddGauge("notification_oldest_age_seconds",
                                "How long the oldest email has been waiting; 0 when none is")),
      counters_(Counters(registry)) {}

absl::StatusOr<int> Notifier::NotifyOne() {
  if (absl::Status status = MeasureNowAndThen(); !status.ok()) return status;
  if (pace_.Silent()) return 0;
  const auto claimed_at = Steady::now();
  absl::StatusOr<std::optional<Notification>> notification =
      store_.Claim(options_.lease, options_.news, rpc::In(kDatabasePatience));
  if (!notification.ok()) return notification.status();
  if (!notification->has_value()) return 0;
  if (absl::Status status = Work(**notification, claimed_at); !status.ok()) return status;
  return 1;
}

absl::StatusOr<int> Notifier::SkipDue() {
  absl::StatusOr<std::vector<std::string>> kinds =
      store_.SkipDue(kSkipBatch, rpc::In(kDatabasePatience));
  if (!kinds.ok()) return kinds.status();
  for (const std::string& kind : *kinds) Count(kind, "skipped");
  return static_cast<int>(kinds->size());
}

absl::Status Notifier::Work(const Notification& notification, Steady::time_point claimed_at) {
  const logging::ScopedContext scope(logging::ForOrder(notification.payment_id));
  if (notification.is_too_old) return End(notification, "skipped", "too_old");
  if (!IsStillTrue(notification.kind, notification.facts)) return TakeBack(notification);
  const absl::StatusOr<std::string> address =
      find_contact_(notification.intake_id, rpc::In(options_.contact_patience));
  if (IsGone(address.status())) return End(notification, "skipped", "contact_gone");
  if (!address.ok()) {
    logging::Warning("intake does not say whom an email goes to",
                     {{"payment_id", notification.payment_id},
                      {"kind", notification.kind},
                      {"status", address.status().ToString()}});
    return PutOff(notification, "intake_unavailable");
  }
  if (address->empty()) return End(notification, "skipped", "no_address");
  if (!smtp::IsAddress(*address)) return End(notification, "skipped", "unusable_address");
  return Send(notification, *address, claimed_at);
}

absl::Status Notifier::Send(const Notification& notification, const std::string& address,
                            Steady::time_point claimed_at) {
  if (pace_.AwaitTurn()) return PutOff(notification, "smtp_silent");
  // This process may have been stopped for a while, and the email be another's by now.
  if (Steady::now() - claimed_at > options_.lease - options_.send_patience)
    return absl::DeadlineExceededError("the lease of an email would end before its conversation");
  const absl::StatusOr<smtp::Answer> answer = send_(MessageFor(notification, address));
  if (!answer.ok()) return End(notification, "failed", "unsendable");
  return Settle(notification, *answer);
}

absl::Status Notifier::Settle(const Notification& notification, const smtp::Answer& answer) {
  if (answer.verdict == Verdict::kAccepted) return End(notification, "sent", "");
  if (answer.given_back) return store_.GiveBack(notification, rpc::In(kDatabasePatience)).status();
  logging::Warning("an email was not taken", {{"payment_id", notification.payment_id},
                                              {"kind", notification.kind},
                                              {"reason", answer.reason},
                                              {"failures", notification.failures + 1}});
  if (answer.concerns_all) pace_.BeSilentFor(options_.silence);
  if (answer.verdict == Verdict::kRefused) return End(notification, "failed", answer.reason);
  return PutOff(notification, answer.reason);
}

absl::Status Notifier::End(const Notification& notification, std::string_view state,
                           std::string_view reason) {
  absl::StatusOr<bool> ended = store_.End(notification, state, reason, rpc::In(kDatabasePatience));
  if (!ended.ok()) return ended.status();
  if (*ended) {
    Count(notification.kind, state);
    logging::Info("email settled", {{"payment_id", notification.payment_id},
                                    {"kind", notification.kind},
                                    {"state", state},
                                    {"reason", reason}});
  } else {
    // As it may be after minutes without a processor. If it was sent, another copy may follow.
    logging::Warning(
        "an email is another replica's by now",
        {{"payment_id", notification.payment_id}, {"kind", notification.kind}, {"state", state}});
  }
  return absl::OkStatus();
}

absl::Status Notifier::PutOff(const Notification& notification, std::string_view reason) {
  const int failures = notification.failures + 1;
  if (failures >= options_.max_failures) return End(notification, "failed", reason);
  absl::StatusOr<bool> put_off = store_.PutOff(
      notification, reason, options_.backoff.After(failures), rpc::In(kDatabasePatience));
  if (!put_off.ok()) return put_off.status();
  if (*put_off) Count(notification.kind, "put_off");
  return absl::OkStatus();
}

absl::Status Notifier::TakeBack(const Notification& notification) {
  absl::StatusOr<bool> taken = store_.TakeBack(notification, rpc::In(kDatabasePatience));
  if (!taken.ok()) return taken.status();
  if (*taken) Count(notification.kind, "taken_back");
  return absl::OkStatus();
}

smtp::Message Notifier::MessageFor(const Notification& notification,
                                   const std::string& address) const {
  // The page that everybody sees who has the order's id; it asks for nothing more.
  Email email = WriteEmail(
      notification.kind, notification.facts,
      absl::StrCat(options_.public_url, "/success?payment_id=", notification.payment_id));
  return {.from = options_.from,
          .to = address,
          .subject = std::move(email.subject),
          .message_id = absl::StrCat(notification.payment_id, ".", notification.kind, "@",
                                     std::string(options_.from.Domain())),
          .date = clock_.Now(),
          .text = std::move(email.text),
          .html = std::move(email.html)};
}

void Notifier::Count(std::string_view kind, std::string_view outcome) {
  const auto counter = counters_.find(absl::StrCat(std::string(kind), " ", std::string(outcome)));
  if (counter != counters_.end()) counter->second->Add();
}

absl::Status Notifier::MeasureNowAndThen() {
  {
    const std::lock_guard lock(mutex_);
    if (Steady::now() < next_measure_) return absl::OkStatus();
    next_measure_ = Steady::now() + kMeasureEvery;
  }
  absl::StatusOr<std::chrono::seconds> age = store_.AgeOfOldest(rpc::In(kDatabasePatience));
  if (!age.ok()) return age.status();
  oldest_.Set(static_cast<double>(age->count()));
  return absl::OkStatus();
}

}  // namespace fsft::fulfillment
