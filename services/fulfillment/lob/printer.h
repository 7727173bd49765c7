#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/fulfillment/letter/postal_address.h"
#include "shared/time/clock.h"

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
// It has done nothing, for a cause that has nothing to do with this letter; later may be better.
struct NotNow {
  // kStopping: it was not even asked, because this process ends.
  enum class Cause { kUnreachable, kCredentials, kRateLimited, kStopping };
  Cause cause = Cause::kUnreachable;
  std::chrono::seconds retry_after{0};  // zero: not said
  // Of kCredentials: the fingerprint of the key that was refused. By now there may be another one.
  std::string refused_key{};
};
// It may have taken the letter.
struct Unknown {
  std::string reason;
};
// Reasons are snake_case codes for operators, never text from outside: that could quote a name or
// an address.
using PrintAnswer = std::variant<Accepted, Refused, NotNow, Unknown>;

// What can be said of a letter after it was posted. The rule of tracking decides what each comes to:
// tracking/tracking_sql.h.
namespace news {
inline constexpr std::string_view kAccepted = "accepted";  // the printing service has it
inline constexpr std::string_view kMoving = "moving";      // the mail has seen it
inline constexpr std::string_view kDelivered = "delivered";
inline constexpr std::string_view kReturned = "returned";  // to its sender
inline constexpr std::string_view kFailed = "failed";      // taken, and not printed after all
inline constexpr std::string_view kDeleted = "deleted";    // cancelled in time
}  // namespace news

// A scan by the mail.
struct Scan {
  std::string news;
  time::TimePoint at;
};

// A letter as the printing service lists it.
struct PrintedLetter {
  // kFailed: taken, and not printed after all. kDeleted: cancelled in time.
  enum class Fate { kLive, kFailed, kDeleted };
  std::string letter_id;
  std::string payment_id;
  int generation = 0;
  Fate fate = Fate::kLive;
  std::string tracking_number;    // empty: none yet
  std::string expected_delivery;  // ISO 8601 date, or empty
  std::vector<Scan> scans{};
};
// A letter that is listed is there. One that is not listed may be there all the same: nothing is
// promised about how fresh the list is.
using SearchAnswer = std::variant<std::vector<PrintedLetter>, NotNow>;

// There is no letter of this id, or none that is shown any more.
struct Missing {};
using LookAnswer = std::variant<PrintedLetter, Missing, NotNow>;

// It will not be printed.
struct Cancelled {};
// It is being printed, or was.
struct TooLate {};
using CancelAnswer = std::variant<Cancelled, TooLate, NotNow>;

// Whoever prints and mails: LobClient, or a fake in the tests of mailing. Thread-safe. Each call
// blocks for at most the time-out that the printer was made with, kPrintTimeout as a rule.
class Printer {
 public:
  virtual ~Printer() = default;
  virtual PrintAnswer Print(const PrintJob& job) = 0;
  // The letters of one payment, of every generation and fate, newest first.
  virtual SearchAnswer FindLetters(const std::string& payment_id) = 0;
  // All letters since then, of whatever payment, newest first; blocks once for each page of them.
  virtual SearchAnswer ListLetters(time::TimePoint since) = 0;
  // One letter, with what the mail has said of it.
  virtual LookAnswer Look(const std::string& letter_id) = 0;
  // Repeating it does no harm.
  virtual CancelAnswer Cancel(const std::string& letter_id) = 0;
};

// Everything included: a lease that outlives it by a margin never sees two attempts in flight
// together.
inline constexpr std::chrono::seconds kPrintTimeout{50};

}  // namespace fsft::fulfillment
