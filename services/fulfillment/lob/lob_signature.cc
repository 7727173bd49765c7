#include "services/fulfillment/lob/lob_signature.h"

#include <charconv>
#include <optional>
#include <string>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::fulfillment {
namespace {

// As seconds it is the year 5138, as milliseconds 1973: nobody means either.
constexpr int64_t kFirstMilliseconds = 100'000'000'000;

absl::Status Invalid(std::string_view message) {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_signature", message);
}

// Digits only: a sign or a fraction is not what Lob writes.
std::optional<int64_t> SecondsOf(std::string_view timestamp) {
  int64_t number = 0;
  const char* end = timestamp.data() + timestamp.size();
  const auto [parsed, error] = std::from_chars(timestamp.data(), end, number);
  if (timestamp.empty() || error != std::errc() || parsed != end || number < 0) return std::nullopt;
  return number < kFirstMilliseconds ? number : number / 1000;
}

bool Matches(std::string_view signature, const std::string& signed_text,
             const config::Secret& secret) {
  // An empty secret would make everybody able to sign.
  if (secret.empty()) return false;
  return crypto::EqualsConstantTime(signature, crypto::HmacSha256(secret.Reveal(), signed_text));
}

}  // namespace

absl::Status VerifyLobSignature(std::string_view payload, std::string_view signature,
                                std::string_view timestamp,
                                const std::vector<config::Secret>& secrets, time::TimePoint now) {
  if (signature.empty()) return Invalid("the Lob-Signature header is missing");
  if (timestamp.empty()) return Invalid("the Lob-Signature-Timestamp header is missing");
  const absl::StatusOr<std::string> given = crypto::HexDecode(signature);
  if (!given.ok()) return Invalid("the Lob-Signature header cannot be read");
  const std::optional<int64_t> seconds = SecondsOf(timestamp);
  if (!seconds) return Invalid("the Lob-Signature-Timestamp header cannot be read");

  std::string signed_text(timestamp);
  signed_text.append(".").append(payload);
  bool matches = false;
  for (const config::Secret& secret : secrets) matches |= Matches(*given, signed_text, secret);
  if (!matches) return Invalid("no signature matches");

  const int64_t now_seconds = time::UnixSeconds(now), tolerance = kSignatureTolerance.count();
  if (*seconds < now_seconds - tolerance || *seconds > now_seconds + tolerance)
    return Invalid("the signature's time is too far from ours");
  return absl::OkStatus();
}

}  // namespace fsft::fulfillment
