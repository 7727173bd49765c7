#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "services/fulfillment/sealed_pdf.h"
#include "shared/time/clock.h"

namespace fsft::fulfillment {

// What payment wants of one letter. Words as in the table: want "mail", "hold" or "cancel";
// appeal_type "standard" or "certified".
struct WantedLetter {
  std::string payment_id;
  int64_t version = 0;
  std::string want;
  std::string intake_id;
  std::string draft_id;
  std::string content_sha256;
  std::string appeal_type;
  std::optional<time::TimePoint> paid_at;
  // What was paid and what of it has gone back; 0 where payment has not told.
  int64_t amount_cents = 0;
  std::string currency;
  int64_t refunded_cents = 0;
  // Whether the money is real; nothing where payment has not told.
  std::optional<bool> livemode{};
};

// The fence of a letter that this replica has leased: whatever is written afterwards names its claim
// and attempt, so a replica that lost its lease writes nothing.
struct Lease {
  std::string payment_id;
  int64_t claim = 0;
  std::string state;
  int generation = 1;
  int attempt = 0;
  int failures = 0;
  // A POST may have been accepted without our knowing.
  bool unsure = false;
  // For so long that the printer may have forgotten the key.
  bool unsure_too_long = false;
};

// A letter to be posted, "queued" or "sending".
struct ClaimedLetter : Lease {
  std::string draft_id;
  std::string content_sha256;
  std::string appeal_type;
  std::optional<SealedPdf> pdf;
  // The printer may have it already: it was posted before, also as an older generation, or it was
  // paid for so long ago that it may have been before this database was restored from a backup.
  bool search_first = false;
};

// So many searches that would have found a letter, and did not, prove that the printer never took
// it.
inline constexpr int kMissesThatProve = 3;

// A letter of which the printer is to be asked: accepted, or of unknown fate.
struct FollowedLetter : Lease {
  std::string letter_id;  // empty where it is not known
  // When it was accepted, or may have been last; and how long ago.
  time::TimePoint since{};
  std::chrono::seconds age{0};
  int misses = 0;
  // Whether another miss would count as one more.
  bool miss_counts = false;
};

// What the printer or the mail says of a letter, told by an event or seen at a look.
struct LetterNews {
  std::string news;    // a word of lob/printer.h; empty: it moves nothing
  time::TimePoint at;  // when it happened
  // The printer's id of the letter, and what our metadata say whose it is; the latter may be
  // missing.
  std::string letter_id;
  std::string payment_id;
  int generation = 0;
  std::string tracking_number;    // empty: none yet
  std::string expected_delivery;  // ISO 8601 date, or empty
};

// Where a letter stands, for payment.
struct Delivery {
  std::string payment_id;
  int64_t version = 0;
  std::string state;
  std::string letter_id;
  std::string tracking_number;
  std::string expected_delivery;
  std::optional<time::TimePoint> mailed_at;
  // As the mail tells.
  std::optional<time::TimePoint> delivered_at;
  std::optional<time::TimePoint> returned_at;
};

}  // namespace fsft::fulfillment
