#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/payment/balance.h"
#include "services/payment/refund.h"
#include "shared/db/database.h"
#include "shared/time/clock.h"

namespace fsft::payment {

// A request for a refund, as it was taken.
struct RequestedRefund {
  std::string refund_id;
  // The next step is the caller's, until the lease ends. Nothing: the request had been made before.
  std::optional<DueRefund> due;
};

// How long whoever has claimed a refund may work on its next step.
inline constexpr std::chrono::seconds kRefundLease{60};

// Refunds that operators ask for: one statement or one transaction for each step, each guarded by
// its claim. Thread-safe. Errors are those of shared/db/errors.h where nothing else is said.
class RefundStore {
 public:
  // Both outlive it.
  RefundStore(db::Database& database, const time::Clock& clock)
      : database_(database), clock_(clock) {}

  // Reserves the money and holds the letter. However many ask at once, no more is ever reserved
  // than is left. NOT_FOUND "order_not_found"; FAILED_PRECONDITION "not_paid" or
  // "nothing_to_refund"; INVALID_ARGUMENT with a violation of amount_cents, or
  // "idempotency_key_reused".
  absl::StatusOr<RequestedRefund> Request(const RefundWish& wish, db::Deadline deadline);

  // Those whose next step is due, each leased to the caller.
  absl::StatusOr<std::vector<DueRefund>> Claim(int limit, db::Deadline deadline);

  // Each answers false when the claim is lost: then nothing was written.
  //
  // Nothing will be mailed any more, or it has been (`is_mailed`). Stripe may be asked from now on.
  absl::StatusOr<bool> Hold(const DueRefund& refund, bool is_mailed, db::Deadline deadline);
  // Returns what was reserved. `hold_letter`: an operator has to decide what happens to it.
  absl::StatusOr<bool> Fail(const DueRefund& refund, std::string_view failure, bool hold_letter,
                            db::Deadline deadline);
  absl::StatusOr<bool> PutOff(const DueRefund& refund, std::chrono::milliseconds pause,
                              db::Deadline deadline);
  // Nothing was tried with these claims: they are due at once, but those whose claim is lost.
  absl::Status GiveBack(std::span<const DueRefund> refunds, db::Deadline deadline);
  // Stripe's word on it, whoever has the claim; false when it is nothing new.
  absl::StatusOr<bool> Take(const DueRefund& refund, const RefundNews& news, db::Deadline deadline);

  // Takes a payment in review for paid, or lets the letter go that a failed refund held. Answers
  // whether the order is paid by that, and has never been before.
  // NOT_FOUND "order_not_found"; FAILED_PRECONDITION "nothing_to_resolve" or "second_payment".
  absl::StatusOr<bool> Accept(std::string_view payment_id, std::string_view actor,
                              db::Deadline deadline);

  // NOT_FOUND "refund_not_found".
  absl::StatusOr<Refund> Find(std::string_view refund_id, db::Deadline deadline);

 private:
  db::Database& database_;
  const time::Clock& clock_;
};

}  // namespace fsft::payment
