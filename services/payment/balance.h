#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/payment/stripe_event.h"
#include "shared/db/database.h"

// What the money of a payment adds up to, once it has come: what goes back, what is disputed, and
// whether the letter is held for it.
//
// These run in a transaction of the caller, who begins with a lock on the payment. Errors are those
// of shared/db/errors.h.
namespace fsft::payment {

// False: there is no such payment.
absl::StatusOr<bool> LockPayment(db::Transaction& transaction, std::string_view payment_id);

// What is written down with a new balance.
struct BalanceChange {
  std::string_view actor;
  std::string_view action;
  // A code.
  std::string_view reason = {};
  // Whether the letter is held; nothing: as before.
  std::optional<bool> hold = {};
  // Where an operator moves the payment; empty: it stays, unless all of it has gone back.
  std::string_view state = {};
  // Also when nothing adds up to anything else: the step itself is to be in the trail.
  bool always = false;
};

// Adds up again, and tells the neighbours; answers the payment's state when anything has changed.
absl::StatusOr<std::optional<std::string>> Balance(db::Transaction& transaction,
                                                   std::string_view payment_id,
                                                   const BalanceChange& change);

// A refund as Stripe tells of it, in an event or in an answer.
struct RefundNews {
  std::string stripe_refund_id;
  // Ours; empty for one that we have not made.
  std::string refund_id = {};
  // Stripe's word: pending, requires_action, succeeded, failed or canceled.
  std::string status;
  int64_t amount_cents = 0;
  std::string failure = {};
  // When Stripe told it.
  time::TimePoint at = {};
};

// Takes the news and adds up again. A refund that fails holds the letter, for an operator to
// decide. The answer is as Balance's.
absl::StatusOr<std::optional<std::string>> TakeRefundNews(db::Transaction& transaction,
                                                          std::string_view payment_id,
                                                          const RefundNews& news);

}  // namespace fsft::payment
