#include "tests/sandbox/webhooks/signature.h"

#include "absl/strings/str_cat.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"

namespace fsft::sandbox {
namespace {

std::string Mac(std::string_view secret, std::string_view body, int64_t at) {
  std::string text = absl::StrCat(at, ".");
  text.append(body);
  return crypto::HexEncode(crypto::HmacSha256(secret, text));
}

}  // namespace

// Stripe's key is the whole "whsec_…" text, not what it may seem to encode. The v0 is what test
// mode adds, and what a verifier must not accept.
Headers SignForStripe(std::string_view secret, std::string_view body, int64_t at) {
  return {{"Stripe-Signature",
           absl::StrCat("t=", at, ",v1=", Mac(secret, body, at), ",v0=", Mac("v0", body, at))}};
}

Headers SignForLob(std::string_view secret, std::string_view body, int64_t at) {
  return {{"Lob-Signature", Mac(secret, body, at)}, {"Lob-Signature-Timestamp", absl::StrCat(at)}};
}

}  // namespace fsft::sandbox
