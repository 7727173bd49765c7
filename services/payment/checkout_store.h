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
#include "shared/work/gathering.h"

namespace fsft::payment {

// What a payment turned out to be when its session was stored.
struct StoredSession {
  // It may have been paid or ended meanwhile.
  std::string state;
  // Events came for it that could not be matched then, and may be now.
  bool events_wait = false;
};

// Payments on their way to a Stripe session. Thread-safe. Errors are those of shared/db/errors.h
// where nothing else is said. Payments that are opened at the same time share a statement and its
// commit, and so do sessions that are stored.
class CheckoutStore {
 public:
  // `check_after`: when a payment that nobody has told of is asked about at Stripe.
  explicit CheckoutStore(db::Database& database,
                         std::chrono::seconds check_after = std::chrono::minutes(5));

  // Opens a payment for a draft, or answers the one that decides about it: the paid one, the one in
  // review, or the open one. The result is on disk before Stripe hears of it. NOT_FOUND
  // "draft_not_found".
  absl::StatusOr<OpenPayment> Open(const NewPayment& payment, db::Deadline deadline);
  // Of an intake: what can still be paid, behind what money has come for.
  absl::StatusOr<std::vector<OpenPayment>> LiveOfIntake(std::string_view intake_id,
                                                        db::Deadline deadline);
  // Keeps Stripe's answer. It may be lost in a crash: asking Stripe again with the same key answers
  // the same session.
  absl::StatusOr<StoredSession> StoreSession(std::string_view payment_id,
                                             std::string_view session_id,
                                             std::string_view checkout_url, db::Deadline deadline);
  // Ends a payment that is as the caller saw it: pending, and with the same session or none. False
  // when it is not so any more.
  absl::StatusOr<bool> End(const OpenPayment& payment, const PaymentEnd& end,
                           db::Deadline deadline);

 private:
  // A session of a payment, as Stripe has made it.
  struct NewSession {
    std::string_view payment_id;
    std::string_view session_id;
    std::string_view checkout_url;
  };
  // Nothing where another payment decides about the draft.
  using Opened = std::optional<OpenPayment>;
  // Nothing where the payment has another session.
  using Stored = std::optional<StoredSession>;

  absl::StatusOr<std::vector<Opened>> OpenAll(std::span<const NewPayment* const> payments,
                                              db::Deadline deadline);
  absl::StatusOr<std::vector<Stored>> StoreAll(std::span<const NewSession* const> sessions,
                                               db::Deadline deadline);

  db::Database& database_;
  work::Gathering<NewPayment, Opened> opening_;
  work::Gathering<NewSession, Stored> storing_;
  const std::chrono::seconds check_after_;
};

}  // namespace fsft::payment
