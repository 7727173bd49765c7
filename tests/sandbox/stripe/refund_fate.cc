// The part of Account in which time goes on for refunds.
#include "tests/sandbox/random_id.h"
#include "tests/sandbox/stripe/account.h"
#include "tests/sandbox/stripe/errors.h"

namespace fsft::sandbox::stripe {
namespace {

void CheckFate(const RefundFate& fate) {
  if (fate.status != "pending" && fate.status != "succeeded" && fate.status != "failed") {
    RefuseInvalid("status", "A refund is pending, succeeded or failed.");
  }
}

}  // namespace

void Account::SetRefundFate(const RefundFate& fate) {
  CheckFate(fate);
  const std::lock_guard lock(mutex_);
  refund_fate_ = fate;
}

Json Account::SettleRefund(const std::string& id, const RefundFate& fate) {
  CheckFate(fate);
  const std::lock_guard lock(mutex_);
  Json& refund = Existing(refunds_, "refund", id, "id");
  const std::string before = refund["status"];
  if (before == "failed" || fate.status == "pending" || fate.status == before) {
    RefuseInvalid("status", "A refund that is " + before + " does not become " + fate.status + ".");
  }
  if (fate.status == "failed") {
    FailLocked(refund, fate.failure_reason);
  } else {
    refund["status"] = fate.status;
    EmitChangeLocked("refund.updated", refund, {{"status", before}});
    EmitChangeLocked("charge.refund.updated", refund, {{"status", before}});
  }
  return refund;
}

// The charge counts what has been given back, so it counts less again. There is no event of the
// charge that says so, as charge.refunded told of the refund: only those of the refund do.
void Account::FailLocked(Json& refund, const std::string& reason) {
  const Json before = {{"failure_balance_transaction", nullptr},
                       {"failure_reason", nullptr},
                       {"status", refund["status"]}};
  refund.update({{"failure_balance_transaction", RandomId("txn_3", 23)},
                 {"failure_reason", reason},
                 {"status", "failed"}});
  Json& charge = *charges_.Find(refund["charge"]);
  charge["amount_refunded"] =
      charge["amount_refunded"].get<int64_t>() - refund["amount"].get<int64_t>();
  charge["refunded"] = false;
  EmitChangeLocked("refund.updated", refund, before);
  EmitChangeLocked("charge.refund.updated", refund, before);
  EmitChangeLocked("refund.failed", refund, before);
}

}  // namespace fsft::sandbox::stripe
