#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/payment.h"
#include "shared/db/database.h"
#include "shared/work/claim_window.h"

namespace fsft::payment {

// A pending payment that is leased for a look at Stripe.
struct ClaimedCheck {
  OpenPayment payment;
  // The fencing token of the lease.
  int64_t claim = 0;
  // How often Stripe has been asked about it before, in vain.
  int checks = 0;
};

struct Arrears {
  // Payments whose look is more than a minute late; ten thousand stands for more.
  int64_t overdue = 0;
  // How far back Stripe's events are read.
  int64_t cursor_age_seconds = 0;
};

// Which pending payments are to be looked up, and when. A lease only keeps others from asking the
// same question: whoever loses it does no harm. Thread-safe. Errors are those of
// shared/db/errors.h.
class CheckStore {
 public:
  CheckStore(db::Database& database, std::chrono::seconds lease)
      : database_(database), lease_(lease) {}

  std::chrono::seconds lease() const { return lease_; }

  // What one claim leases at most.
  static constexpr int kBatch = 20;

  // Leases those that are due longest.
  absl::StatusOr<std::vector<ClaimedCheck>> ClaimDue(db::Deadline deadline);

  // One operator's round over everything that is pending.
  struct Round {
    std::chrono::seconds min_age;
    // When it began, by the database's clock; set by the first claim.
    std::optional<time::TimePoint> began = {};
  };
  // Leases what the round has not come to yet.
  absl::StatusOr<std::vector<ClaimedCheck>> ClaimAll(Round& round, db::Deadline deadline);

  // Leases one payment, unless it is younger than `min_age`, was asked about less than `apart` ago,
  // or is not pending any more.
  absl::StatusOr<std::optional<ClaimedCheck>> ClaimOne(std::string_view payment_id,
                                                       std::chrono::seconds min_age,
                                                       std::chrono::seconds apart,
                                                       db::Deadline deadline);

  // Puts the next look off. `asked`: Stripe has answered, so the next pause will be longer. False:
  // the lease is lost, or the payment is not pending any more.
  absl::StatusOr<bool> CheckLater(const ClaimedCheck& check, std::chrono::milliseconds pause,
                                  bool asked, db::Deadline deadline);
  // The same of many that were not asked about.
  absl::Status GiveBack(std::span<const ClaimedCheck> checks, std::chrono::milliseconds pause,
                        db::Deadline deadline);

  absl::StatusOr<Arrears> Measure(db::Deadline deadline);

 private:
  absl::StatusOr<db::Rows> PutOff(std::span<const ClaimedCheck> checks,
                                  std::chrono::milliseconds pause, int counts,
                                  db::Deadline deadline);

  db::Database& database_;
  const std::chrono::seconds lease_;
  work::ClaimWindow window_;
};

}  // namespace fsft::payment
