#include "gateway/auth.h"

#include <optional>

namespace fsft::gateway {
namespace {

// Somebody has to write a file first.
constexpr std::chrono::seconds kUnconfiguredRetry{60};

Problem Unauthorized(std::string code, std::string detail) {
  return {.status = 401, .code = std::move(code), .detail = std::move(detail)};
}

Problem WrongToken() {
  return Unauthorized("invalid_token", "The access token is wrong or expired.");
}

// The token; empty without the header; nullopt for a header that is no bearer token.
std::optional<std::string_view> BearerToken(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view value = request.Find("Authorization");
  if (value.empty()) return value;
  if (value.size() <= kScheme.size()) return std::nullopt;
  if (!http::SameName(value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return value.substr(kScheme.size());
}

std::optional<Problem> AuthenticateOperator(Scope scope, std::string_view token,
                                            AdminTokens& tokens, Identity& identity) {
  const std::shared_ptr<const TokenList> list = tokens.Current();
  if (list == nullptr) {
    return Problem{.status = 503,
                   .code = "operator_access_not_configured",
                   .detail = "This installation has no operator tokens configured.",
                   .retry_after = kUnconfiguredRetry};
  }
  if (token.empty()) return Unauthorized("token_required", "An operator's token is required.");
  const std::optional<Operator> who = list->Find(token);
  if (!who) return WrongToken();
  identity.operator_name = who->name;
  if (who->Has(scope)) return std::nullopt;
  return Problem{.status = 403,
                 .code = "scope_missing",
                 .detail = "This operator's token does not allow this."};
}

}  // namespace

std::optional<Problem> Authenticate(const Route& route, const http::Request& request,
                                    AdminTokens& tokens, Identity& identity) {
  if (route.access.auth == Auth::kOpen) return std::nullopt;
  const std::optional<std::string_view> token = BearerToken(request);
  if (!token) return WrongToken();
  switch (route.access.auth) {
    case Auth::kOperatorOptional:
      if (token->empty()) return std::nullopt;
      [[fallthrough]];
    case Auth::kOperator:
      return AuthenticateOperator(route.access.scope, *token, tokens, identity);
    case Auth::kCustomer:
      if (token->empty()) {
        return Unauthorized("token_required", "The access token of this appeal is required.");
      }
      [[fallthrough]];
    default:
      identity.access_token = std::string(*token);
      return std::nullopt;
  }
}

}  // namespace fsft::gateway
