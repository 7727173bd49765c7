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
};

// A letter that this replica has leased. `claim` and `attempt` are the fence: whatever is written
// afterwards names both, so a replica that lost its lease writes nothing.
struct ClaimedLetter {
  std::string payment_id;
  int64_t claim = 0;
  std::string state;  // "queued" or "sending"
  std::string draft_id;
  std::string content_sha256;
  std::string appeal_type;
  int generation = 1;
  int attempt = 0;
  int failures = 0;
  // An earlier POST may have been accepted without our knowing.
  bool unsure = false;
  // For so long that the printer may have forgotten the key.
  bool unsure_too_long = false;
  std::optional<SealedPdf> pdf;
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
};

}  // namespace fsft::fulfillment
