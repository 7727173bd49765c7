#include "services/payment/stripe_signature.h"

#include <charconv>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/rpc/status.h"

namespace fsft::payment {

namespace {

struct Header {
  // As it stands in the header, because the signature covers those very characters.
  std::string_view timestamp;
  int64_t seconds = 0;
  std::vector<std::string> signatures;
};

absl::Status Invalid(std::string_view message) {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "invalid_signature", message);
}

std::optional<Header> Parse(std::string_view text) {
  Header header;
  for (absl::string_view item : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    item = absl::StripAsciiWhitespace(item);
    if (absl::ConsumePrefix(&item, "t=")) {
      header.timestamp = {item.data(), item.size()};
    } else if (absl::ConsumePrefix(&item, "v1=")) {
      absl::StatusOr<std::string> signature = crypto::HexDecode({item.data(), item.size()});
      if (signature.ok()) header.signatures.push_back(*std::move(signature));
    }
    // Other schemes (v0) are for tests of Stripe's own and prove nothing.
  }
  const char* end = header.timestamp.data() + header.timestamp.size();
  auto [parsed, error] = std::from_chars(header.timestamp.data(), end, header.seconds);
  if (header.timestamp.empty() || error != std::errc() || parsed != end) return std::nullopt;
  return header;
}

bool Matches(const Header& header, const std::string& signed_text, const config::Secret& secret) {
  // An empty secret would make everybody able to sign.
  if (secret.empty()) return false;
  const std::string expected = crypto::HmacSha256(secret.Reveal(), signed_text);
  bool matches = false;
  for (const std::string& signature : header.signatures) {
    matches |= crypto::EqualsConstantTime(signature, expected);
  }
  return matches;
}

}  // namespace

absl::Status VerifyStripeSignature(std::string_view payload, std::string_view text,
                                   const std::vector<config::Secret>& secrets,
                                   time::TimePoint now) {
  if (text.empty()) return Invalid("the Stripe-Signature header is missing");
  const std::optional<Header> header = Parse(text);
  if (!header) return Invalid("the Stripe-Signature header cannot be read");
  if (header->signatures.empty()) return Invalid("the Stripe-Signature header has no v1 signature");

  const std::string signed_text =
      absl::StrCat(absl::string_view(header->timestamp.data(), header->timestamp.size()), ".",
                   absl::string_view(payload.data(), payload.size()));
  bool matches = false;
  for (const config::Secret& secret : secrets) matches |= Matches(*header, signed_text, secret);
  if (!matches) return Invalid("no signature matches");

  const auto now_seconds = time::UnixSeconds(now);
  const auto tolerance = kSignatureTolerance.count();
  // Compared this way round, nothing that a sender writes can overflow.
  if (header->seconds < now_seconds - tolerance || header->seconds > now_seconds + tolerance) {
    return Invalid("the signature's time is too far from ours");
  }
  return absl::OkStatus();
}

}  // namespace fsft::payment
