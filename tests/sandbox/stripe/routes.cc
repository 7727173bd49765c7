#include "tests/sandbox/stripe/routes.h"

#include "tests/sandbox/stripe/errors.h"
#include "tests/sandbox/stripe/params.h"

namespace fsft::sandbox::stripe {
namespace {

// A GET carries its parameters in the query, a POST in the body.
const Json& ParamsOf(const Call& call) { return call.method == "GET" ? call.query : call.form; }

Answer Expanded(Account& account, const Call& call, Json object) {
  account.Expand(object, Params(ParamsOf(call)).Strings("expand"));
  return {200, std::move(object), {}};
}

// For operations that take an id and nothing else.
Api::Handler ById(Account& account, Json (Account::*operation)(const std::string&)) {
  return [&account, operation](const Call& call) {
    Params(ParamsOf(call)).AllowOnly({"expand"});
    return Expanded(account, call, (account.*operation)(call.id));
  };
}

Api::Handler ByQuery(Account& account, Json (Account::*operation)(const Json&)) {
  return [&account, operation](const Call& call) {
    return Expanded(account, call, (account.*operation)(ParamsOf(call)));
  };
}

Answer CreateRefund(Account& account, const Call& call) {
  const Params params(call.form);
  params.AllowOnly({"amount", "charge", "expand", "metadata", "payment_intent", "reason"});
  RefundSpec spec;
  spec.payment_intent = params.OptionalString("payment_intent");
  spec.charge = params.OptionalString("charge");
  spec.amount = params.OptionalInteger("amount");
  spec.metadata = params.Metadata();
  if (const auto reason =
          params.OneOf("reason", {"duplicate", "fraudulent", "requested_by_customer"})) {
    spec.reason = *reason;
  }
  return Expanded(account, call, account.CreateRefund(spec));
}

}  // namespace

void AddRoutes(httplib::Server& server, Api& api, Account& account) {
  const std::string sessions = "/v1/checkout/sessions";
  api.Add(server, "POST", sessions, "stripe.sessions.create",
          ByQuery(account, &Account::CreateSession));
  api.Add(server, "GET", sessions, "stripe.sessions.list",
          ByQuery(account, &Account::ListSessions));
  api.Add(server, "GET", sessions + "/:id", "stripe.sessions.get",
          ById(account, &Account::GetSession));
  api.Add(server, "GET", sessions + "/:id/line_items", "stripe.sessions.line_items",
          ById(account, &Account::ListLineItems));
  api.Add(server, "POST", sessions + "/:id/expire", "stripe.sessions.expire",
          ById(account, &Account::ExpireSession));
  api.Add(server, "GET", "/v1/events", "stripe.events.list",
          ByQuery(account, &Account::ListEvents));
  api.Add(server, "GET", "/v1/events/:id", "stripe.events.get", ById(account, &Account::GetEvent));
  api.Add(server, "GET", "/v1/payment_intents/:id", "stripe.payment_intents.get",
          ById(account, &Account::GetPaymentIntent));
  api.Add(server, "GET", "/v1/charges/:id", "stripe.charges.get",
          ById(account, &Account::GetCharge));
  api.Add(server, "POST", "/v1/refunds", "stripe.refunds.create",
          [&account](const Call& call) { return CreateRefund(account, call); });
  api.Add(server, "GET", "/v1/refunds", "stripe.refunds.list",
          ByQuery(account, &Account::ListRefunds));
  api.Add(server, "GET", "/v1/refunds/:id", "stripe.refunds.get",
          ById(account, &Account::GetRefund));
  api.Add(server, "GET", "/v1/disputes", "stripe.disputes.list",
          ByQuery(account, &Account::ListDisputes));
  api.Add(server, "GET", "/v1/disputes/:id", "stripe.disputes.get",
          ById(account, &Account::GetDispute));
  api.AddNotFound(server, "/v1");
}

}  // namespace fsft::sandbox::stripe
