#include "gateway/auth.h"

#include <optional>

namespace fsft::gateway {
namespace {

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

std::variant<Identity, Problem> AuthenticateOperator(Scope scope, std::string_view token,
                                                     AdminTokens& tokens) {
  const std::shared_ptr<const TokenList> list = tokens.Current();
  if (list == nullptr) {
    return Problem{.status = 503,
                   .code = "operator_access_not_configured",
                   .detail = "This installation has no operator tokens configured."};
  }
  if (token.empty()) return Unauthorized("token_required", "An operator's token is required.");
  const std::optional<Operator> who = list->Find(token);
  if (!who) return WrongToken();
  if (!who->Has(scope)) {
    return Problem{.status = 403,
                   .code = "scope_missing",
                   .detail = "This operator's token does not allow this."};
  }
  return Identity{.access_token = {}, .operator_name = who->name};
}

}  // namespace

std::variant<Identity, Problem> Authenticate(const Route& route, const http::Request& request,
                                             AdminTokens& tokens) {
  if (route.access.auth == Auth::kOpen) return Identity{};
  const std::optional<std::string_view> token = BearerToken(request);
  if (!token) return WrongToken();
  switch (route.access.auth) {
    case Auth::kOperatorOptional:
      if (token->empty()) return Identity{};
      [[fallthrough]];
    case Auth::kOperator:
      return AuthenticateOperator(route.access.scope, *token, tokens);
    case Auth::kCustomer:
      if (token->empty()) {
        return Unauthorized("token_required", "The access token of this appeal is required.");
      }
      [[fallthrough]];
    default:
      return Identity{.access_token = std::string(*token), .operator_name = {}};
  }
}

}  // namespace fsft::gateway
