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
  const bool expired = entry.running == 0 && now - entry.begun >= kRemembered;
  if (is_new || expired) {
    entry = {fingerprint, now, 1, false, {}};
    return {State::kNew, {}};
  }
  if (entry.fingerprint != fingerprint) return {State::kMismatch, {}};
  if (entry.done) return {State::kReplay, entry.answer};
  if (!overlap_) return {State::kInFlight, {}};
  ++entry.running;
  return {State::kNew, {}};
}

void IdempotencyStore::Finish(const std::string& key, const WireAnswer* answer) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[key];
  --entry.running;
  if (answer != nullptr && !entry.done) {
    entry.done = true;
    entry.answer = *answer;
  }
  if (entry.running == 0 && !entry.done) entries_.erase(key);
}

void IdempotencyStore::Replace(const std::string& key, const WireAnswer& answer) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end() && found->second.done) found->second.answer = answer;
}

void IdempotencyStore::LetOverlap(bool overlap) {
  const std::lock_guard lock(mutex_);
  overlap_ = overlap;
}

void IdempotencyStore::ForgetAll() {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [](const auto& entry) { return entry.second.running == 0; });
}

}  // namespace fsft::sandbox
