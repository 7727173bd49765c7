#include "tests/sandbox/api/idempotency.h"

#include <chrono>

namespace fsft::sandbox {
namespace {

constexpr std::chrono::hours kRemembered{24};

}  // namespace

IdempotencyStore::Begun IdempotencyStore::Begin(const std::string& key,
                                                const std::string& fingerprint) {
  const std::lock_guard lock(mutex_);
  const time::TimePoint now = clock_.Now();
  auto [at, is_new] = entries_.try_emplace(key);
  Entry& entry = at->second;
  // A request that still runs is remembered however old it is: it may yet take effect.
  const bool expired = entry.done && now - entry.begun >= kRemembered;
  if (is_new || expired) {
    entry = {fingerprint, now, false, {}};
    return {State::kNew, {}};
  }
  if (entry.fingerprint != fingerprint) return {State::kMismatch, {}};
  if (!entry.done) return {State::kInFlight, {}};
  return {State::kReplay, entry.answer};
}

void IdempotencyStore::Finish(const std::string& key, const WireAnswer* answer) {
  const std::lock_guard lock(mutex_);
  if (answer == nullptr) {
    entries_.erase(key);
    return;
  }
  Entry& entry = entries_[key];
  entry.done = true;
  entry.answer = *answer;
}

}  // namespace fsft::sandbox
