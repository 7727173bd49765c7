#include "services/fulfillment/address/remembered_verdicts.h"

#include "shared/crypto/digest.h"
#include "shared/crypto/random.h"

namespace fsft::fulfillment {
namespace {

// For as long as somebody sits at an appeal.
constexpr std::chrono::hours kLifetime{1};
// A few hundred kilobytes.
constexpr size_t kMost = 4096;
constexpr size_t kSecretBytes = 32;

}  // namespace

RememberedVerdicts::RememberedVerdicts(const time::Clock& clock)
    : clock_(clock), secret_(crypto::RandomBytes(kSecretBytes)) {}

// No part has a NUL, so no two addresses are one text.
std::string RememberedVerdicts::KeyOf(const Address& address) const {
  std::string text;
  for (const std::string* part :
       {&address.line1, &address.line2, &address.city, &address.state, &address.zip}) {
    text.append(*part).push_back('\0');
  }
  return crypto::HmacSha256(secret_, text);
}

std::optional<Deliverability> RememberedVerdicts::Find(const Address& address) {
  const std::string key = KeyOf(address);
  const std::lock_guard lock(mutex_);
  const auto found = verdicts_.find(key);
  if (found == verdicts_.end() || found->second.forgotten_at <= clock_.Now()) return std::nullopt;
  return found->second.deliverability;
}

void RememberedVerdicts::Remember(const Address& address, Deliverability deliverability) {
  const std::string key = KeyOf(address);
  const std::lock_guard lock(mutex_);
  if (verdicts_
          .insert_or_assign(key, Verdict{.deliverability = deliverability,
                                         .forgotten_at = clock_.Now() + kLifetime})
          .second) {
    order_.push_back(key);
  }
  if (order_.size() <= kMost) return;
  verdicts_.erase(order_.front());
  order_.pop_front();
}

}  // namespace fsft::fulfillment
