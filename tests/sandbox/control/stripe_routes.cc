#include "tests/sandbox/control/stripe_routes.h"

#include <httplib.h>

#include "tests/sandbox/control/request.h"

namespace fsft::sandbox {
namespace {

using httplib::Request;

Json Pay(stripe::Account& account, const Request& request) {
  const Json body = ParseBody(request, {"deliver", "amount", "currency"});
  stripe::PayOptions options;
  options.deliver = body.value("deliver", true);
  if (body.contains("amount")) options.amount = body["amount"].get<int64_t>();
  if (body.contains("currency")) options.currency = body["currency"].get<std::string>();
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

}  // namespace

void AddStripeControl(httplib::Server& server, const ControlParts& parts) {
  stripe::Account& account = parts.account;
  AddPost(server, "/sandbox/stripe/pay/:id",
          [&account](const Request& request) { return Pay(account, request); });
  AddPost(server, "/sandbox/stripe/foreign",
          [&account](const Request& request) { return EmitForeign(account, request); });
}

}  // namespace fsft::sandbox
