// What a handler gets and gives. A handler reads: JSON to request, call, answer to JSON; it decides
// nothing about the business, and everything that all routes need (auth, limits, deadline, errors,
// log) has happened around it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/backend.h"
#include "gateway/http/message.h"
#include "shared/rpc/deadline.h"

namespace fsft::gateway {

class Probe;

// What handlers work with; lives as long as the gateway.
struct Services {
  Backend& backend;
  const Probe& probe;
};

// One request on its way through a handler.
struct Call {
  const http::Request& request;
  // The values of the path's {parameters}; empty where the route has none.
  std::string_view parameter;
  std::string_view second_parameter = {};
  // The customer's access token on customer routes; empty when none was sent.
  std::string_view access_token;
  // The operator's name on operator routes; empty when no token was sent.
  std::string_view operator_name;
  rpc::Deadline deadline;
};

// An error becomes the problem that status_mapping.h says.
using Handler = absl::StatusOr<http::Response> (*)(const Services&, const Call&);

}  // namespace fsft::gateway
