#pragma once

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "services/fulfillment/notify/notifier.h"
#include "shared/rpc/channels.h"
#include "shared/work/workers.h"

namespace fsft::config {
struct Config;
}

namespace fsft::fulfillment {

// Asks intake's SubmissionsService.
FindContact ContactsOf(std::shared_ptr<const rpc::Channels> intake);

// The emails of one fulfillment replica, on threads of their own: nothing of mailing waits for them.
// Without FSFT_WORKERS it does nothing, and leaves them to other replicas; without FSFT_SMTP_URL it
// skips them.
class Notifications {
 public:
  // INVALID_ARGUMENT for settings that cannot be used. All but `config` outlive it.
  static absl::StatusOr<std::unique_ptr<Notifications>> Start(
      const config::Config& config, db::Database& database, metrics::Registry& registry,
      std::shared_ptr<const rpc::Channels> intake);
  ~Notifications();

  // After a commit that changed a letter. Never blocks.
  void Wake() { workers_.Wake(); }
  // Claims no more, gives back the emails that the mail server was not asked to take yet, and
  // returns at once.
  void StopClaiming();
  // And waits for those under way, which may take as long as a call.
  void Stop();

 private:
  Notifications(const config::Config& config, std::optional<smtp::Client> server,
                db::Database& database, metrics::Registry& registry,
                std::shared_ptr<const rpc::Channels> intake);

  const std::optional<smtp::Client> server_;
  const time::SystemClock clock_;
  NotificationsStore store_;
  Notifier notifier_;
  // Last: they use all of the above.
  work::Workers workers_{std::stop_source()};
};

}  // namespace fsft::fulfillment
