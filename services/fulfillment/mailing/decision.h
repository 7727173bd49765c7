#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

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
  // After a POST that may have been accepted: the same bytes under the same key, but not sooner.
  std::chrono::seconds retry_min{120};
  // How long an unsure letter is sent again under its key; then only proof moves it.
  std::chrono::seconds unsure_max = std::chrono::hours(12);
  // A first POST of an order that was paid longer ago than this searches first.
  std::chrono::seconds search_after = std::chrono::minutes(10);
  // How long after its acceptance a letter is looked up for the first time; the pauses grow with
  // its age.
  std::chrono::seconds first_look = std::chrono::minutes(1);
  // The longest pause between two searches for a letter of unknown fate.
  std::chrono::seconds search_max = std::chrono::hours(1);
  // A search that does not find a letter says something only so long after the last POST, and only
  // so long after the miss before it.
  std::chrono::seconds miss_after = std::chrono::hours(24);
  std::chrono::seconds miss_apart = std::chrono::hours(1);
};

// What to write about a letter after an attempt or a search.
struct Decision {
  // The letter's own state: it is put off.
  std::string to_state{};
  std::string reason{};  // a code; empty when all is well
  int failures = 0;
  // Whether it stays open that a POST was accepted.
  bool unsure = false;
  std::chrono::milliseconds pause{0};
  // The letter at the printer, where this has shown which one it is.
  std::string letter_id{};
  std::string tracking_number{};
  std::string expected_delivery{};
  // The fingerprint of a key that the printer refuses, whatever the letter: no other letter need try
  // it.
  std::string refused_key{};
  // The search counts among those that prove that the printer does not have the letter.
  bool counted_miss = false;
};

// After a POST. `letter` is as it was claimed: `unsure` speaks of the POSTs before this one, which
// the answer to this one cannot settle unless it is an acceptance (the key makes both one letter).
//
//                      nothing unsure before          unsure before
//   Accepted           mailed                         mailed
//   Refused            dead_letter                    outcome_unknown
//   NotNow             queued, dead_letter at last    sending, outcome_unknown at last
//   Unknown            sending, outcome_unknown at last
Decision AfterAnswer(const PrintAnswer& answer, const Lease& letter, const MailingPolicy& policy);

// Before a POST: something of ours is not there. Costs the letter nothing but time.
Decision TryLater(std::string reason, const Lease& letter, const MailingPolicy& policy);

// Before a POST: the printer did not answer a search. Costs nothing but time either; nothing was
// posted.
Decision TryLater(const NotNow& obstacle, const Lease& letter, const MailingPolicy& policy);

// No further attempt without an operator: dead_letter, or outcome_unknown where an earlier POST may
// have been accepted.
Decision GiveUp(std::string reason, const Lease& letter);

}  // namespace fsft::fulfillment
