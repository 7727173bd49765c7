#pragma once

#include "tests/sandbox/api/api.h"
#include "tests/sandbox/stripe/account.h"

namespace fsft::sandbox::stripe {

// Everything below /v1. `account` and `api` must outlive the server.
void AddRoutes(httplib::Server& server, Api& api, Account& account);

}  // namespace fsft::sandbox::stripe
