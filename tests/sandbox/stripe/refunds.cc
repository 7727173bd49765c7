// The part of Account that gives money back.
#include <cstdio>

#include "tests/sandbox/stripe/account.h"
#include "tests/sandbox/stripe/errors.h"
#include "tests/sandbox/stripe/objects.h"

namespace fsft::sandbox::stripe {
namespace {

std::string Dollars(int64_t cents) {
  char text[32];
  std::snprintf(text, sizeof(text), "$%lld.%02lld", static_cast<long long>(cents / 100),
                static_cast<long long>(cents % 100));
  return text;
}

// How much a refund takes of a charge, or a refusal.
int64_t AmountToRefund(const Json& charge, const RefundSpec& spec) {
  const int64_t left = charge["amount"].get<int64_t>() - charge["amount_refunded"].get<int64_t>();
  if (left == 0) {
    RefuseInvalid("", "Charge " + charge["id"].get<std::string>() + " has already been refunded.",
                  "charge_already_refunded");
  }
  const int64_t amount = spec.amount.value_or(left);
  if (amount < 1) {
    RefuseInvalid("amount", "Invalid positive integer", "parameter_invalid_integer");
  }
  if (amount > left) {
    RefuseInvalid("amount", "Refund amount (" + Dollars(amount) +
                                ") is greater than unrefunded amount on charge (" + Dollars(left) +
                                ")");
  }
  return amount;
}

}  // namespace

Json& Account::ChargeToRefund(const RefundSpec& spec) {
  if (spec.charge) return Existing(charges_, "charge", *spec.charge, "charge");
  if (!spec.payment_intent) {
    RefuseInvalid("",
                  "One of the following params should be provided for this request: "
                  "payment_intent or charge.",
                  "parameter_missing");
  }
  const Json& intent = Existing(intents_, "payment_intent", *spec.payment_intent, "payment_intent");
  return *charges_.Find(intent["latest_charge"]);
}

Json Account::CreateRefund(const RefundSpec& spec) {
  const std::lock_guard lock(mutex_);
  Json& charge = ChargeToRefund(spec);
  if (charged_back_.count(charge["id"]) > 0) {
    RefuseInvalid("",
                  "Charge " + charge["id"].get<std::string>() +
                      " has been charged back; cannot issue a refund.",
                  "charge_disputed");
  }
  const int64_t amount = AmountToRefund(charge, spec);
  const int64_t refunded = charge["amount_refunded"].get<int64_t>() + amount;
  charge["amount_refunded"] = refunded;
  charge["refunded"] = charge["amount"] == refunded;
  Json& refund = refunds_.Insert(NewRefund(charge, amount, spec.reason, spec.metadata, Now()));
  const bool fails = refund_fate_.status == "failed";
  refund["status"] = fails ? "pending" : refund_fate_.status;
  EmitLocked("charge.refunded", charge);
  EmitLocked("refund.created", refund);
  if (fails) FailLocked(refund, refund_fate_.failure_reason);
  return refund;
}

Json Account::GetRefund(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return Existing(refunds_, "refund", id, "id");
}

Json Account::ListRefunds(const Json& query) {
  return ListOfPayment(refunds_, "/v1/refunds", query);
}

Json Account::ListOfPayment(const Collection& objects, const std::string& url, const Json& query) {
  const Params params(query);
  params.AllowOnly({"charge", "created", "ending_before", "expand", "limit", "payment_intent",
                    "starting_after"});
  const PageRequest page = ParsePage(params);
  const auto intent = params.OptionalString("payment_intent");
  const auto charge = params.OptionalString("charge");
  const std::lock_guard lock(mutex_);
  return objects.List(url, page, [&](const Json& object) {
    return (!intent || object["payment_intent"] == *intent) &&
           (!charge || object["charge"] == *charge);
  });
}

}  // namespace fsft::sandbox::stripe
