#include "services/intake/access_token.h"

#include "absl/strings/str_cat.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

std::string TokenUnder(const crypto::Key& key, std::string_view intake_id, int64_t token_version) {
  // A UUID has a fixed length, so the two parts cannot run into each other.
  const std::string subject = absl::StrCat(Absl(intake_id), ":", token_version);
  return absl::StrCat(key.id, ".", crypto::Base64UrlEncode(crypto::HmacSha256(key.bytes, subject)));
}

}  // namespace

std::string AccessToken(const crypto::KeyRing& keys, std::string_view intake_id,
                        int64_t token_version) {
  return TokenUnder(keys.Current(crypto::Purpose::kToken), intake_id, token_version);
}

bool IsAccessToken(const crypto::KeyRing& keys, std::string_view token, std::string_view intake_id,
                   int64_t token_version) {
  const size_t dot = token.find('.');
  if (dot == std::string_view::npos) return false;
  const crypto::Key* key = keys.Find(crypto::Purpose::kToken, token.substr(0, dot));
  return key != nullptr &&
         crypto::EqualsConstantTime(token, TokenUnder(*key, intake_id, token_version));
}

absl::Status InvalidToken() {
  return rpc::Error(absl::StatusCode::kUnauthenticated, "invalid_token",
                    "the access token does not open this appeal");
}

}  // namespace fsft::intake
