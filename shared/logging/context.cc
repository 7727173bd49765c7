#include "shared/logging/context.h"

#include <algorithm>
#include <utility>

#include "shared/ids/random.h"
#include "shared/ids/uuid.h"
#include "shared/time/clock.h"

namespace fsft::logging {
namespace {

// version "-" trace id "-" span id "-" flags: 00-<32 hex>-<16 hex>-<2 hex>
constexpr size_t kTraceAt = 3, kTraceDigits = 32;
constexpr size_t kSpanAt = 36, kSpanDigits = 16;
constexpr size_t kFlagsAt = 53, kLength = 55;

thread_local Context* current = nullptr;

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

// W3C Trace Context, level 1. A later version may be longer and is read as far as we know it; ff is
// not a version.
bool IsTraceparent(std::string_view text) {
  if (text.size() < kLength || text[2] != '-' || text[kSpanAt - 1] != '-' ||
      text[kFlagsAt - 1] != '-') {
    return false;
  }
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace = text.substr(kTraceAt, kTraceDigits);
  const std::string_view span = text.substr(kSpanAt, kSpanDigits);
  if (version == "ff" || (version == "00" && text.size() != kLength)) return false;
  if (text.size() > kLength && text[kLength] != '-') return false;
  return IsHex(version) && IsHex(trace) && !IsZero(trace) && IsHex(span) && !IsZero(span) &&
         IsHex(text.substr(kFlagsAt, 2));
}

void AppendRandomHex(std::string& out) {
  const uint64_t word = ids::RandomWord() | 1;  // all zeros would be invalid
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[word >> shift & 0xf];
}

}  // namespace

ScopedContext::ScopedContext(Context context) : context_(std::move(context)), outer_(current) {
  current = &context_;
}

ScopedContext::~ScopedContext() { current = outer_; }

const Context& Current() {
  static const Context none;
  return current == nullptr ? none : *current;
}

void SetPaymentId(std::string_view payment_id) {
  if (current != nullptr && !payment_id.empty()) current->payment_id = payment_id;
}

void BeRoutine() {
  if (current != nullptr) current->routine = true;
}

Context ForOrder(std::string_view payment_id) {
  std::string trace;
  for (const char c : payment_id) {
    if (c != '-') trace += c;
  }
  return {.request_id = Current().request_id,
          // The span in it is nobody's; the new one is ours.
          .traceparent = ContinueTraceparent("00-" + trace + "-0000000000000001-00"),
          .payment_id = std::string(payment_id)};
}

std::string NewRequestId() { return ids::NewUuidV7(time::SystemClock().Now()); }

bool IsRequestId(std::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::string ContinueTraceparent(std::string_view incoming) {
  const bool valid = IsTraceparent(incoming);
  std::string text;
  text.reserve(kLength);
  text += "00-";
  if (valid) {
    text += TraceId(incoming);
  } else {
    AppendRandomHex(text);
    AppendRandomHex(text);
  }
  text += '-';
  AppendRandomHex(text);
  text += '-';
  text += valid ? incoming.substr(kFlagsAt, 2) : std::string_view("00");
  return text;
}

std::string_view TraceId(std::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(kTraceAt, kTraceDigits)
                                    : std::string_view();
}

}  // namespace fsft::logging
