#pragma once

#include "tests/sandbox/api/idempotency.h"
#include "tests/sandbox/api/knobs.h"
#include "tests/sandbox/api/records.h"
#include "tests/sandbox/lob/dialect.h"
#include "tests/sandbox/lob/letters.h"
#include "tests/sandbox/sandbox_clock.h"
#include "tests/sandbox/stripe/account.h"
#include "tests/sandbox/stripe/dialect.h"
#include "tests/sandbox/webhooks/sender.h"

namespace httplib {
class Server;
}

namespace fsft::sandbox {

struct Vendor {
  WebhookSender& sender;
  Records& requests;
  Records& attempts;  // to deliver webhooks
};

// All that the tests' own routes reach.
struct ControlParts {
  SandboxClock& clock;
  Knobs& knobs;
  stripe::Account& account;
  stripe::StripeDialect& stripe_dialect;
  lob::LobDialect& lob_dialect;
  lob::Letters& letters;
  IdempotencyStore& lob_keys;
  Records& mails;
  Vendor stripe;
  Vendor lob;
};

// Everything below /sandbox: what tests read and what they change, all JSON. A wrong request is
// answered with 400 {"error": …}.
//
// Lists take field=value (each must equal the entry's field; "metadata[x]" reaches inside),
// at_least=N and timeout_ms=N: they wait until there are N entries or the time is up.
//
//   GET  /sandbox/health
//   GET  /sandbox/stripe/requests   /sandbox/lob/requests     oldest first
//   GET  /sandbox/stripe/webhooks   /sandbox/lob/webhooks     oldest first
//   GET  /sandbox/lob/events                                   oldest first, with their payload
//   GET  /sandbox/lob/letters                                  newest first
//   GET  /sandbox/smtp/mails                                   oldest first, see smtp::Server
//   GET  /sandbox/knobs             {knobs, held}
//   POST /sandbox/knobs             see Knobs::Parse; answers its {id}
//   POST /sandbox/release           {operation?} or {id}
//   GET  /sandbox/held              ?operation=&at_least=&timeout_ms=  {held}
//   POST /sandbox/clock             {advance_seconds}
//   POST /sandbox/stripe/endpoint   /sandbox/lob/endpoint     {url?, secret?, events?, copies?}
//   POST /sandbox/stripe/pay/{session_id}      {deliver?, amount?, currency?, customer?}
//   POST /sandbox/stripe/accept_only   /sandbox/lob/accept_only   {key}; any other is refused
//   POST /sandbox/stripe/refund/{session_id}   {amount?, metadata?}, as in the dashboard; the refund
//   POST /sandbox/stripe/refund_fate           {status, failure_reason?} of refunds to come
//   POST /sandbox/stripe/refunds/{id}/settle   {status, failure_reason?}; the refund, changed
//   POST /sandbox/stripe/dispute/{session_id}  {inquiry?, amount?}; the dispute
//   POST /sandbox/stripe/disputes/{id}/move    {status}, see Account::MoveDispute; the dispute
//   POST /sandbox/stripe/foreign    {type?, livemode?, object?, deliver?}, see ForeignEvent; the event
//   POST /sandbox/stripe/deliver    /sandbox/lob/deliver      {event_id | payload, secret?, url?,
//                                   seconds_ago?, headers?}; the attempt, with its status.
//                                   With event_ids, copies or urls several at a time: {statuses}
//   GET  /sandbox/lob/behaviour     all switches, see lob::Behaviour
//   POST /sandbox/lob/behaviour     those to change
//   POST /sandbox/lob/forget_keys   as a day does
//   POST /sandbox/lob/letters/{id}/render   …/fail   …/delete   the letter, changed
//   POST /sandbox/lob/letters/{id}/track    {event}, see lob::AddTrackingEvent
void AddControl(httplib::Server& server, const ControlParts& parts);

}  // namespace fsft::sandbox
