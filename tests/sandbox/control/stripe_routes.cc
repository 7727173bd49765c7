#include "tests/sandbox/control/stripe_routes.h"

#include <httplib.h>

#include "tests/sandbox/control/request.h"

namespace fsft::sandbox {
namespace {

using httplib::Request;

Json Pay(stripe::Account& account, const Request& request) {
  const Json body = ParseBody(request, {"deliver", "amount", "currency", "customer"});
  stripe::PayOptions options;
  options.deliver = body.value("deliver", true);
  if (body.contains("amount")) options.amount = body["amount"].get<int64_t>();
  if (body.contains("currency")) options.currency = body["currency"].get<std::string>();
  if (body.contains("customer")) options.customer = body["customer"].get<std::string>();
  const std::string id = request.path_params.at("id");
  switch (account.Pay(id, options)) {
    case stripe::PayOutcome::kPaid:
      return *account.FindSession(id);
    case stripe::PayOutcome::kAlreadyPaid:
      throw BadControl("already paid");
    case stripe::PayOutcome::kExpired:
      throw BadControl("expired");
    case stripe::PayOutcome::kNoSuchSession:
      break;
  }
  throw BadControl("no such session");
}

Json EmitForeign(stripe::Account& account, const Request& request) {
  const Json body = ParseBody(request, {"type", "livemode", "object", "deliver"});
  stripe::ForeignEvent foreign;
  foreign.type = body.value("type", foreign.type);
  foreign.livemode = body.value("livemode", foreign.livemode);
  foreign.object = body.value("object", foreign.object);
  foreign.deliver = body.value("deliver", foreign.deliver);
  return account.EmitForeign(foreign);
}

std::string IntentOf(stripe::Account& account, const std::string& session_id) {
  const std::optional<Json> session = account.FindSession(session_id);
  if (!session || !(*session)["payment_intent"].is_string()) throw BadControl("no paid session");
  return (*session)["payment_intent"];
}

// As somebody does in the dashboard: without our metadata, and our calls do not show it.
Json Refund(stripe::Account& account, const Request& request) {
  const Json body = ParseBody(request, {"amount", "metadata"});
  stripe::RefundSpec spec;
  spec.payment_intent = IntentOf(account, request.path_params.at("id"));
  if (body.contains("amount")) spec.amount = body["amount"].get<int64_t>();
  spec.metadata = body.value("metadata", Json::object());
  return account.CreateRefund(spec);
}

stripe::RefundFate FateOf(const Request& request) {
  const Json body = ParseBody(request, {"status", "failure_reason"});
  stripe::RefundFate fate{body.at("status").get<std::string>()};
  fate.failure_reason = body.value("failure_reason", fate.failure_reason);
  return fate;
}

Json Dispute(stripe::Account& account, const Request& request) {
  const Json body = ParseBody(request, {"amount", "inquiry"});
  stripe::DisputeSpec spec;
  spec.payment_intent = IntentOf(account, request.path_params.at("id"));
  if (body.contains("amount")) spec.amount = body["amount"].get<int64_t>();
  spec.inquiry = body.value("inquiry", false);
  return account.OpenDispute(spec);
}

void AddMoneyGoingBack(httplib::Server& server, stripe::Account& account) {
  AddPost(server, "/sandbox/stripe/refund/:id",
          [&account](const Request& request) { return Refund(account, request); });
  AddPost(server, "/sandbox/stripe/refund_fate", [&account](const Request& request) {
    account.SetRefundFate(FateOf(request));
    return Json::object();
  });
  AddPost(server, "/sandbox/stripe/refunds/:id/settle", [&account](const Request& request) {
    return account.SettleRefund(request.path_params.at("id"), FateOf(request));
  });
  AddPost(server, "/sandbox/stripe/dispute/:id",
          [&account](const Request& request) { return Dispute(account, request); });
  AddPost(server, "/sandbox/stripe/disputes/:id/move", [&account](const Request& request) {
    const Json body = ParseBody(request, {"status"});
    return account.MoveDispute(request.path_params.at("id"), body.at("status").get<std::string>());
  });
}

}  // namespace

void AddStripeControl(httplib::Server& server, const ControlParts& parts) {
  stripe::Account& account = parts.account;
  AddPost(server, "/sandbox/stripe/pay/:id",
          [&account](const Request& request) { return Pay(account, request); });
  AddPost(server, "/sandbox/stripe/foreign",
          [&account](const Request& request) { return EmitForeign(account, request); });
  AddPost(
      server, "/sandbox/stripe/accept_only",
      [&dialect = parts.stripe_dialect](const Request& request) {
        dialect.accepted_key().TakeOnly(ParseBody(request, {"key"}).at("key").get<std::string>());
        return Json::object();
      });
  AddMoneyGoingBack(server, account);
}

}  // namespace fsft::sandbox
