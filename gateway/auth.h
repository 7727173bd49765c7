// Who is calling, by the Authorization header.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/admin_tokens.h"
#include "gateway/http/message.h"
#include "gateway/problem.h"
#include "gateway/routes.h"

namespace fsft::gateway {

struct Identity {
  // A customer's token as it came: whether it is right, only intake knows. Empty when none was
  // sent.
  std::string access_token;
  // Empty when the caller is no operator.
  std::string operator_name;
};

// Says in `identity` who asks, also where that is known and not enough; answers why the request may
// not go on: 401 for a missing, malformed or wrong token, 403 for a missing scope, 503 when no
// operator tokens are configured.
std::optional<Problem> Authenticate(const Route& route, const http::Request& request,
                                    AdminTokens& tokens, Identity& identity);

}  // namespace fsft::gateway
