// The part of Account that payers' banks have a say in.
#include "tests/sandbox/stripe/account.h"
#include "tests/sandbox/stripe/errors.h"
#include "tests/sandbox/stripe/objects.h"

namespace fsft::sandbox::stripe {
namespace {

constexpr char kInquiry[] = "warning_needs_response";
constexpr char kChargeback[] = "needs_response";

// Where a dispute may go from where it is. An inquiry takes no money, so nobody wins or loses it.
bool MayMove(const std::string& from, const std::string& to) {
  if (from == kInquiry) return to == kChargeback || to == "warning_closed";
  return from == kChargeback && (to == "won" || to == "lost");
}

}  // namespace

Json Account::OpenDispute(const DisputeSpec& spec) {
  const std::lock_guard lock(mutex_);
  const Json& intent = Existing(intents_, "payment_intent", spec.payment_intent, "payment_intent");
  const Json& charge = *charges_.Find(intent["latest_charge"]);
  const int64_t left = charge["amount"].get<int64_t>() - charge["amount_refunded"].get<int64_t>();
  Json& dispute = disputes_.Insert(
      NewDispute(charge, spec.amount.value_or(left), spec.inquiry ? kInquiry : kChargeback, Now()));
  EmitLocked("charge.dispute.created", dispute);
  if (!spec.inquiry) TakeBackLocked(dispute);
  return dispute;
}

Json Account::MoveDispute(const std::string& id, const std::string& status) {
  const std::lock_guard lock(mutex_);
  Json& dispute = Existing(disputes_, "dispute", id, "dispute");
  const std::string before = dispute["status"];
  if (!MayMove(before, status)) {
    RefuseInvalid("status", "A dispute with status " + before + " does not become " + status + ".");
  }
  dispute["status"] = status;
  dispute["is_charge_refundable"] = false;
  if (status == kChargeback) {
    EmitChangeLocked("charge.dispute.updated", dispute, {{"status", before}});
    TakeBackLocked(dispute);
    return dispute;
  }
  EmitLocked("charge.dispute.closed", dispute);
  if (status == "won") {
    charged_back_.erase(dispute["charge"]);
    EmitLocked("charge.dispute.funds_reinstated", dispute);
  }
  return dispute;
}

// The bank has the money until the merchant wins.
void Account::TakeBackLocked(const Json& dispute) {
  (*charges_.Find(dispute["charge"]))["disputed"] = true;
  charged_back_.insert(dispute["charge"]);
  EmitLocked("charge.dispute.funds_withdrawn", dispute);
}

Json Account::GetDispute(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return Existing(disputes_, "dispute", id, "dispute");
}

Json Account::ListDisputes(const Json& query) {
  return ListOfPayment(disputes_, "/v1/disputes", query);
}

}  // namespace fsft::sandbox::stripe
