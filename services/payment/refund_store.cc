#include "services/payment/refund_store.h"

#include <functional>

#include "services/payment/refund_sql.h"
#include "services/payment/row_readers.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

constexpr char kUnique[] = "another payment of this draft is paid; this one can only be given back";

absl::Status NotFound() {
  return rpc::Error(absl::StatusCode::kNotFound, "order_not_found", "there is no such order");
}

absl::Status Refused(std::string_view reason, std::string_view message) {
  return rpc::Error(absl::StatusCode::kFailedPrecondition, reason, message);
}

// What a payment allows.
struct Refundable {
  std::string state;
  int64_t left_cents = 0;
  bool is_untouched = false;
  bool is_held = false;
  bool has_paid_twin = false;
};

absl::StatusOr<Refundable> Lock(db::Transaction& transaction, std::string_view payment_id) {
  const absl::StatusOr<bool> found = LockPayment(transaction, payment_id);
  if (!found.ok()) return found.status();
  if (!*found) return NotFound();
  absl::StatusOr<std::optional<db::Row>> row =
      transaction.RunOne(sql::kRefundable, {{"payment_id", payment_id}});
  if (!row.ok()) return row.status();
  return Refundable{.state = (*row)->Text(0),
                    .left_cents = (*row)->Int64(1),
                    .is_untouched = (*row)->Bool(2),
                    .is_held = (*row)->Bool(3),
                    .has_paid_twin = (*row)->Bool(4)};
}

// Whether the payment was in the state "paid" at any time.
absl::StatusOr<bool> WasPaid(db::Transaction& transaction, std::string_view payment_id) {
  absl::StatusOr<std::optional<db::Row>> row =
      transaction.RunOne(sql::kWasPaid, {{"payment_id", payment_id}});
  if (!row.ok()) return row.status();
  return (*row)->Bool(0);
}

// How much is to be given back.
absl::StatusOr<int64_t> AmountOf(const RefundWish& wish, const Refundable& payment) {
  if (payment.state != "paid" && payment.state != "review") {
    return Refused("not_paid", "no money has come for this order, or all of it has gone back");
  }
  if (wish.ends_review && payment.state != "review" && !payment.is_held) {
    return Refused("nothing_to_resolve", "the payment does not wait for a decision");
  }
  if (payment.left_cents <= 0) {
    return Refused("nothing_to_refund", "all of the money has gone back or is about to");
  }
  const int64_t amount = wish.amount_cents.value_or(payment.left_cents);
  if (amount <= 0 || amount > payment.left_cents) {
    return rpc::InvalidFields({rpc::Violation("amount_cents", "out_of_range",
                                              "must be positive, and at most what is left")});
  }
  return amount;
}

// The refund that this request has made before, if it has.
absl::StatusOr<std::optional<std::string>> Repeated(db::Transaction& transaction,
                                                    const RefundWish& wish) {
  absl::StatusOr<std::optional<db::Row>> row =
      transaction.RunOne(sql::kForgetRequest, {db::Param::Bytes("request_key", wish.request_key)});
  if (!row.ok()) return row.status();
  row = transaction.RunOne(sql::kRefundOfRequest,
                           {db::Param::Bytes("request_key", wish.request_key)});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  if ((*row)->Bytes(1) != wish.request_digest) {
    return rpc::Error(absl::StatusCode::kInvalidArgument, "idempotency_key_reused",
                      "this Idempotency-Key was used for another request");
  }
  return (*row)->Text(0);
}

absl::StatusOr<std::optional<std::string>> ForceWaiting(db::Transaction& transaction,
                                                        const RefundWish& wish) {
  absl::StatusOr<std::optional<db::Row>> row =
      transaction.RunOne(sql::kForceRefund, {{"payment_id", wish.payment_id}});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  absl::StatusOr<std::optional<std::string>> balanced =
      Balance(transaction, wish.payment_id,
              {.actor = wish.actor, .action = "refund_forced", .always = true});
  if (!balanced.ok()) return balanced.status();
  return (*row)->Text(0);
}

DueRefund DueFrom(const db::Row& row) {
  DueRefund refund{.refund_id = row.Text(0),
                   .payment_id = row.Text(1),
                   .state = row.Text(2),
                   .amount_cents = row.Int64(3),
                   .is_whole = row.Bool(4),
                   .leaves_nothing = row.Bool(5),
                   .is_forced = row.Bool(6),
                   .is_after_mailing = row.Bool(7),
                   .reason = row.Text(8),
                   .payment_intent = row.TextOr(9),
                   .posted_ago = {},
                   .claim = row.Int64(11),
                   .failures = static_cast<int>(row.Int64(12))};
  if (!row.IsNull(10)) refund.posted_ago = std::chrono::seconds(row.Int64(10));
  return refund;
}

absl::StatusOr<DueRefund> Insert(db::Transaction& transaction, const RefundWish& wish,
                                 int64_t amount, bool is_whole, const std::string& refund_id) {
  absl::StatusOr<std::optional<db::Row>> row = transaction.RunOne(
      sql::kRequestRefund, {{"refund_id", refund_id},
                            {"payment_id", wish.payment_id},
                            {"amount", amount},
                            {"is_whole", is_whole},
                            {"reason", wish.reason},
                            {"is_forced", wish.force},
                            {"actor", wish.actor},
                            db::Param::Bytes("request_key", wish.request_key),
                            db::Param::Bytes("request_digest", wish.request_digest),
                            {"lifetime", wish.request_lifetime.count()},
                            {"lease", kRefundLease.count()}});
  if (!row.ok()) return row.status();
  absl::StatusOr<std::optional<std::string>> balanced =
      Balance(transaction, wish.payment_id,
              {.actor = wish.actor, .action = "refund_requested", .reason = wish.reason});
  if (!balanced.ok()) return balanced.status();
  row = transaction.RunOne(sql::kDueRefund, {{"refund_id", refund_id}});
  if (!row.ok()) return row.status();
  return DueFrom(**row);
}

absl::StatusOr<RequestedRefund> RequestUnderLock(db::Transaction& transaction,
                                                 const RefundWish& wish, time::TimePoint now) {
  absl::StatusOr<Refundable> payment = Lock(transaction, wish.payment_id);
  if (!payment.ok()) return payment.status();
  absl::StatusOr<std::optional<std::string>> known = Repeated(transaction, wish);
  if (known.ok() && !known->has_value() && wish.force) known = ForceWaiting(transaction, wish);
  if (!known.ok()) return known.status();
  if (known->has_value()) return RequestedRefund{.refund_id = **std::move(known), .due = {}};
  absl::StatusOr<int64_t> amount = AmountOf(wish, *payment);
  if (!amount.ok()) return amount.status();
  const bool is_whole = payment->is_untouched && *amount == payment->left_cents;
  absl::StatusOr<DueRefund> due = Insert(transaction, wish, *amount, is_whole, ids::NewUuidV7(now));
  if (!due.ok()) return due.status();
  return RequestedRefund{.refund_id = due->refund_id, .due = *due};
}

// Runs a step of a refund under its payment's lock. `step` answers what is written down with the
// new balance, or nothing when the claim is lost.
using Step = std::function<absl::StatusOr<std::optional<BalanceChange>>(db::Transaction&)>;

absl::StatusOr<bool> RunStep(db::Database& database, std::string_view payment_id, const Step& step,
                             db::Deadline deadline) {
  bool is_done = false;
  const absl::Status status =
      database.RunTransaction(deadline, [&](db::Transaction& transaction) -> absl::Status {
        const absl::StatusOr<bool> found = LockPayment(transaction, payment_id);
        if (!found.ok()) return found.status();
        const absl::StatusOr<std::optional<BalanceChange>> change = step(transaction);
        if (!change.ok()) return change.status();
        is_done = change->has_value();
        return is_done ? Balance(transaction, payment_id, **change).status() : absl::OkStatus();
      });
  if (!status.ok()) return status;
  return is_done;
}

}  // namespace

absl::StatusOr<RequestedRefund> RefundStore::Request(const RefundWish& wish,
                                                     db::Deadline deadline) {
  RequestedRefund requested;
  const absl::Status status =
      database_.RunTransaction(deadline, [&](db::Transaction& transaction) -> absl::Status {
        absl::StatusOr<RequestedRefund> taken = RequestUnderLock(transaction, wish, clock_.Now());
        if (!taken.ok()) return taken.status();
        requested = *std::move(taken);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return requested;
}

absl::StatusOr<std::vector<DueRefund>> RefundStore::Claim(int limit, db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows = database_.Run(
      sql::kClaimRefunds, {{"limit", limit}, {"lease", kRefundLease.count()}}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<DueRefund> refunds;
  for (const db::Row& row : *rows) refunds.push_back(DueFrom(row));
  return refunds;
}

absl::StatusOr<bool> RefundStore::Hold(const DueRefund& refund, bool is_mailed,
                                       db::Deadline deadline) {
  return RunStep(
      database_, refund.payment_id,
      [&](db::Transaction& transaction) -> absl::StatusOr<std::optional<BalanceChange>> {
        absl::StatusOr<std::optional<db::Row>> row = transaction.RunOne(
            sql::kHoldRefund,
            {{"refund_id", refund.refund_id}, {"claim", refund.claim}, {"is_mailed", is_mailed}});
        if (!row.ok()) return row.status();
        if (!row->has_value()) return std::nullopt;
        return BalanceChange{.actor = "refunds",
                             .action = "refund_held",
                             .reason = is_mailed ? "after_mailing" : "",
                             .always = true};
      },
      deadline);
}

absl::StatusOr<bool> RefundStore::Fail(const DueRefund& refund, std::string_view failure,
                                       bool hold_letter, db::Deadline deadline) {
  return RunStep(
      database_, refund.payment_id,
      [&](db::Transaction& transaction) -> absl::StatusOr<std::optional<BalanceChange>> {
        absl::StatusOr<std::optional<db::Row>> row = transaction.RunOne(
            sql::kFailRefund,
            {{"refund_id", refund.refund_id}, {"claim", refund.claim}, {"failure", failure}});
        if (!row.ok()) return row.status();
        if (!row->has_value()) return std::nullopt;
        BalanceChange change{
            .actor = "refunds", .action = "refund_failed", .reason = failure, .always = true};
        if (hold_letter) change.hold = true;
        return change;
      },
      deadline);
}

absl::Status RefundStore::GiveBack(std::span<const DueRefund> refunds, db::Deadline deadline) {
  std::vector<std::string> ids;
  std::vector<int64_t> claims;
  for (const DueRefund& refund : refunds) {
    ids.push_back(refund.refund_id);
    claims.push_back(refund.claim);
  }
  return database_
      .Run(sql::kGiveBackRefunds,
           {db::Param::Array("refund_ids", ids), db::Param::Array("claims", claims)}, deadline)
      .status();
}

absl::StatusOr<bool> RefundStore::PutOff(const DueRefund& refund, std::chrono::milliseconds pause,
                                         db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kPutOffRefund,
                       {{"refund_id", refund.refund_id},
                        {"claim", refund.claim},
                        {"pause", std::to_string(std::chrono::duration<double>(pause).count())}},
                       deadline);
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<bool> RefundStore::Take(const DueRefund& refund, const RefundNews& news,
                                       db::Deadline deadline) {
  bool is_new = false;
  const absl::Status status =
      database_.RunTransaction(deadline, [&](db::Transaction& transaction) -> absl::Status {
        const absl::StatusOr<bool> found = LockPayment(transaction, refund.payment_id);
        if (!found.ok()) return found.status();
        const absl::StatusOr<std::optional<std::string>> changed =
            TakeRefundNews(transaction, refund.payment_id, news);
        if (!changed.ok()) return changed.status();
        is_new = changed->has_value();
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return is_new;
}

absl::StatusOr<bool> RefundStore::Accept(std::string_view payment_id, std::string_view actor,
                                         db::Deadline deadline) {
  bool is_first = false;
  const absl::Status status =
      database_.RunTransaction(deadline, [&](db::Transaction& transaction) -> absl::Status {
        is_first = false;
        absl::StatusOr<Refundable> payment = Lock(transaction, payment_id);
        if (!payment.ok()) return payment.status();
        if (payment->state != "review" && payment->state != "paid") {
          return Refused("nothing_to_resolve", "the payment does not wait for a decision");
        }
        if (payment->state == "review" && payment->has_paid_twin) {
          return Refused("second_payment", kUnique);
        }
        if (payment->state == "paid" && !payment->is_held) return absl::OkStatus();
        if (payment->state == "review") {
          const absl::StatusOr<bool> was_paid = WasPaid(transaction, payment_id);
          if (!was_paid.ok()) return was_paid.status();
          is_first = !*was_paid;
        }
        return Balance(transaction, payment_id,
                       {.actor = actor,
                        .action = "accept",
                        .hold = false,
                        .state = "paid",
                        .always = true})
            .status();
      });
  // Another payment of the draft was paid at this very moment.
  if (absl::IsAlreadyExists(status)) return Refused("second_payment", kUnique);
  if (!status.ok()) return status;
  return is_first;
}

absl::StatusOr<Refund> RefundStore::Find(std::string_view refund_id, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> found =
      database_.RunOne(sql::kRefund, {{"refund_id", refund_id}}, deadline);
  if (!found.ok()) return found.status();
  if (!found->has_value()) {
    return rpc::Error(absl::StatusCode::kNotFound, "refund_not_found", "there is no such refund");
  }
  return ReadRefund(**found);
}

}  // namespace fsft::payment
