#pragma once

#include <chrono>
#include <string>

#include "services/fulfillment/fulfillment.h"
#include "services/fulfillment/lob/printer.h"
#include "shared/work/backoff.h"

namespace fsft::fulfillment {

// The numbers of the mailing rule.
struct MailingPolicy {
  work::Backoff backoff{.first = std::chrono::seconds(30), .cap = std::chrono::hours(1)};
  // Failures in a row after which a letter waits for an operator.
  int max_failures = 24;
  // Where the printer does not say how long.
  std::chrono::seconds rate_limit_pause{30};
  // A wrong key is wrong for every letter; asking more often helps nobody.
  std::chrono::seconds credentials_pause{300};
  // After a POST that may have been accepted: the same bytes under the same key, but not sooner.
  std::chrono::seconds retry_min{120};
  // How long an unsure letter is sent again under its key; then only proof moves it.
  std::chrono::seconds unsure_max = std::chrono::hours(12);
};

// What to write about a letter after an attempt.
struct Decision {
  // The letter's own state: it is put off.
  std::string to_state;
  std::string reason;  // a code; empty when all is well
  int failures = 0;
  // Whether it stays open that a POST was accepted.
  bool unsure = false;
  std::chrono::milliseconds pause{0};
  Accepted accepted{};  // for "mailed"
};

// After a POST. `letter` is as it was claimed: `unsure` speaks of the POSTs before this one, which
// the answer to this one cannot settle unless it is an acceptance (the key makes both one letter).
//
//                      nothing unsure before          unsure before
//   Accepted           mailed                         mailed
//   Refused            dead_letter                    outcome_unknown
//   NotAccepted        queued, dead_letter at last    sending, outcome_unknown at last
//   Unknown            sending, outcome_unknown at last
Decision AfterAnswer(const PrintAnswer& answer, const ClaimedLetter& letter,
                     const MailingPolicy& policy);

// Before a POST: something of ours is not there. Costs the letter nothing but time.
Decision TryLater(std::string reason, const ClaimedLetter& letter, const MailingPolicy& policy);

// No further attempt without an operator: dead_letter, or outcome_unknown where an earlier POST may
// have been accepted.
Decision GiveUp(std::string reason, const ClaimedLetter& letter);

}  // namespace fsft::fulfillment
