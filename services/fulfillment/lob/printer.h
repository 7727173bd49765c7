#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "services/fulfillment/letter/postal_address.h"

namespace fsft::fulfillment {

// One letter for the printing service. Every attempt for the same payment and generation must carry
// the same fields and bytes: they share one idempotency key, and that key is what makes two
// attempts one letter.
struct PrintJob {
  std::string payment_id;
  int generation = 1;
  PostalAddress to{};
  PostalAddress from{};
  bool certified = false;
  std::string_view pdf{};
};

// What an attempt has shown. The distinction is the heart of mailing: only a proof that nothing was
// accepted allows a letter to be treated as if it had never been sent.
//
// The printing service has it.
struct Accepted {
  std::string letter_id;
  std::string tracking_number;    // empty: none yet
  std::string expected_delivery;  // ISO 8601 date, or empty
};
// It looked at this letter and will never take it.
struct Refused {
  std::string reason;
};
// It has taken nothing, for a cause that has nothing to do with this letter; later may be better.
struct NotAccepted {
  enum class Cause { kUnreachable, kCredentials, kRateLimited };
  Cause cause = Cause::kUnreachable;
  std::chrono::seconds retry_after{0};  // zero: not said
};
// It may have taken the letter.
struct Unknown {
  std::string reason;
};
// Reasons are snake_case codes for operators, never text from outside: that could quote a name or
// an address.
using PrintAnswer = std::variant<Accepted, Refused, NotAccepted, Unknown>;

// Whoever prints and mails: LobClient, or a fake in the tests of mailing.
class Printer {
 public:
  virtual ~Printer() = default;
  // Blocks for at most the time-out that it was made with, kPrintTimeout as a rule. Thread-safe.
  virtual PrintAnswer Print(const PrintJob& job) = 0;
};

// Everything included: a lease that outlives it by a margin never sees two attempts in flight
// together.
inline constexpr std::chrono::seconds kPrintTimeout{50};

}  // namespace fsft::fulfillment
