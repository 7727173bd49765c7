#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/fulfillment/fulfillment.h"
#include "services/fulfillment/mailing/decision.h"
#include "shared/db/database.h"
#include "shared/work/claim_window.h"

namespace fsft::fulfillment {

// The SQL of mailing: leases, attempts and what came of them. Thread-safe. Errors are those of
// shared/db/errors.h where nothing else is said.
class MailingStore {
 public:
  // `key_fingerprint` tells the printer's key of that moment from others without giving it away: a
  // pause because of a refused key holds only for whoever uses that key. Never empty. `livemode` is
  // the key's; letters of the other mode are seen by nobody here.
  MailingStore(db::Database& database, std::function<std::string()> key_fingerprint, bool livemode)
      : database_(database), key_fingerprint_(std::move(key_fingerprint)), livemode_(livemode) {}

  // Leases the letter whose POST is due longest; nothing when none is, or while mailing is paused.
  absl::StatusOr<std::optional<ClaimedLetter>> Claim(std::chrono::seconds lease,
                                                     const MailingPolicy& policy,
                                                     db::Deadline deadline);
  // Leases the letter that is due longest to be asked for at the printer.
  absl::StatusOr<std::optional<FollowedLetter>> ClaimFollowed(std::chrono::seconds lease,
                                                              const MailingPolicy& policy,
                                                              db::Deadline deadline);
  // On disk before the printer is asked: the attempt, and on the first one the typeset letter
  // (`pdf`; null when it is stored already). Leases the letter anew. False: the lease is lost or
  // the letter is not wanted any more; do not post.
  absl::StatusOr<bool> BeginPost(const ClaimedLetter& letter, const SealedPdf* pdf,
                                 std::chrono::seconds lease, db::Deadline deadline);
  // What came of an attempt or a search; answers the state that the letter has now, which is
  // another one than was decided where payment has cancelled it meanwhile. Nothing: the lease is
  // lost, nothing was written.
  absl::StatusOr<std::optional<std::string>> Settle(const Lease& letter, const Decision& decision,
                                                    db::Deadline deadline);
  // The printer's id of a letter of our mode that it accepted after that time, whosever it is.
  absl::StatusOr<std::optional<std::string>> AcceptedAfter(time::TimePoint after,
                                                           db::Deadline deadline);

  // No letter is posted with that key from now on. False: that was so already.
  absl::StatusOr<bool> PauseForCredentials(std::string_view refused_key, db::Deadline deadline);
  // No letter is posted until Resume. False: that was so already.
  absl::StatusOr<bool> Pause(std::string_view actor, db::Deadline deadline);
  // Ends all pauses; answers what they were for.
  absl::StatusOr<std::vector<std::string>> Resume(std::string_view actor, db::Deadline deadline);
  // What mailing is paused for, as words of the table; empty when it is not.
  absl::StatusOr<std::vector<std::string>> Pauses(db::Deadline deadline);

 private:
  absl::StatusOr<bool> InsertPause(std::string_view cause, std::string_view key,
                                   std::string_view actor, db::Deadline deadline);

  db::Database& database_;
  const std::function<std::string()> key_fingerprint_;
  const bool livemode_;
  work::ClaimWindow to_post_, to_follow_;
};

}  // namespace fsft::fulfillment
