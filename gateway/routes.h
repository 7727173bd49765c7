// The gateway's routes: one table that drives dispatch, limits, auth and metric names. What a route
// is allowed to do is readable in its line, and nothing is reachable that has no line.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "gateway/admin_tokens.h"
#include "gateway/handler.h"

namespace fsft::gateway {

// Who may call. A token that is sent and wrong is 401 on every route but the open ones, never "as
// if none".
enum class Auth {
  kOpen,
  // The owner's access token; without it less is told.
  kCustomerOptional,
  kCustomer,
  // An operator's token; without it less is told.
  kOperatorOptional,
  kOperator,
};

struct Access {
  Auth auth;
  // What an operator's token must allow; of no meaning to the other kinds.
  Scope scope = Scope::kRead;
};

enum class Body {
  // None is read; should one come, the connection ends after the answer.
  kNone,
  // Read and not looked at: old clients post something to routes that need nothing.
  kIgnored,
  // application/json, and a length or chunks: 415 and 411 otherwise.
  kJson,
  // Bytes of any type, for signatures that cover them.
  kRaw,
  // image/jpeg, image/png, unspecified bytes, or a form with a file; 415 and 411 otherwise. What
  // the bytes are in truth, intake finds out.
  kImage,
};

struct BodyRule {
  Body kind;
  size_t limit;  // bytes
};

// Which of the gateway's gates a request passes while it works, so that a slow Stripe cannot starve
// status pages, nor either of them webhooks.
enum class Gate { kNone, kLookup, kCheckout, kWebhook, kPrinterWebhook, kUpload, kPreview };
inline constexpr size_t kGates = 7;

struct WorkRule {
  Gate gate;
  // From the moment the request has been read to the end of its last RPC.
  std::chrono::seconds deadline;
  // How many each client may send, all at once or one by one; 0: as many as they like. Behind one
  // address there may be an office.
  int per_minute = 0;
};

struct Route {
  std::string_view method;
  // "/api/appeals/{payment_id}": at most two parameters, each of which stands for one path segment.
  // Also the route's name in logs and metrics, whichever alias was called.
  std::string_view pattern;
  Access access;
  BodyRule body;
  WorkRule work;
  Handler handler;
  // The media type of its answers: 406 for a client that cannot read it. Empty: answered whatever
  // the client accepts, as are problems.
  std::string_view answers = "application/json";
};

// All routes. Those below /api/ but not below /api/admin/ also answer without the /api, for proxies
// that strip it.
std::span<const Route> Routes();

}  // namespace fsft::gateway
