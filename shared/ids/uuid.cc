#include "shared/ids/uuid.h"

#include <algorithm>
#include <atomic>

#include "shared/ids/random.h"

namespace fsft::ids {
namespace {

constexpr int kCounterBits = 12;
constexpr uint64_t kCounterMask = (uint64_t{1} << kCounterBits) - 1;
constexpr char kDigits[] = "0123456789abcdef";

// RFC 9562 section 6.2, method 1: the twelve bits behind the milliseconds count. Both live in one
// word, so "the next one" is one addition, and a full counter runs over into the next millisecond
// as the RFC allows. A new millisecond starts at a random number with its top bit clear, which
// leaves at least 2048 ids before that happens.
uint64_t NextTick(uint64_t milliseconds) {
  static std::atomic<uint64_t> last{0};
  const uint64_t fresh = milliseconds << kCounterBits | (RandomWord() & (kCounterMask >> 1));
  uint64_t before = last.load(std::memory_order_relaxed);
  uint64_t next = 0;
  do {
    // Compared by milliseconds: a random start must not lower the counter, nor a stepped-back clock
    // the time.
    next = fresh >> kCounterBits > before >> kCounterBits ? fresh : before + 1;
  } while (!last.compare_exchange_weak(before, next, std::memory_order_relaxed));
  return next;
}

// Writes the lowest `digits` hex digits of `value`.
char* Put(char* out, uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value >>= 4) out[i] = kDigits[value & 0xf];
  return out + digits;
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string NewUuidV7(time::TimePoint now) {
  using std::chrono::milliseconds;
  const int64_t since_epoch = std::chrono::floor<milliseconds>(now.time_since_epoch()).count();
  const uint64_t tick = NextTick(static_cast<uint64_t>(std::max<int64_t>(since_epoch, 0)));
  const uint64_t random = RandomWord();

  std::string text(36, '-');
  char* out = text.data();
  out = Put(out, tick >> 28, 8) + 1;                        // time, high 32 bits
  out = Put(out, tick >> kCounterBits, 4) + 1;              // time, low 16 bits
  out = Put(out, 0x7000 | (tick & kCounterMask), 4) + 1;    // version 7, counter
  out = Put(out, 0x8000 | (random >> 48 & 0x3fff), 4) + 1;  // variant, 14 random bits
  Put(out, random, 12);                                     // 48 random bits
  return text;
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHexDigit(text[i])) return false;
  }
  return true;
}

}  // namespace fsft::ids
