#include "tests/schedules/printing_house.h"

#include <gtest/gtest.h>

#include <utility>

namespace fsft::schedules {
namespace {

using fulfillment::Accepted;
using fulfillment::CancelAnswer;
using fulfillment::NotNow;
using fulfillment::PrintAnswer;
using fulfillment::PrintJob;
using fulfillment::Refused;
using fulfillment::SearchAnswer;
using fulfillment::Unknown;
using Fate = fulfillment::PrintedLetter::Fate;

std::string KeyOf(const PrintJob& job) {
  return job.payment_id + ":" + std::to_string(job.generation);
}

}  // namespace

PrintAnswer PrintingHouse::Print(const PrintJob& job) {
  Facts& facts = facts_[job.payment_id];
  // Also when the process ends before the POST leaves it: nobody can tell later.
  const bool doubtful_before = std::exchange(facts.doubtful, true);
  faults_.PassPoint();
  ++facts.posts;
  if (auto other = std::exchange(meanwhile, nullptr)) {
    other();
    // Whatever this answer proves, it proves nothing of the other one's POST.
    return Answer(job, facts);
  }
  PrintAnswer answer = Answer(job, facts);
  faults_.PassPoint();
  if (!std::holds_alternative<Unknown>(answer)) facts.doubtful = doubtful_before;
  return answer;
}

PrintAnswer PrintingHouse::Answer(const PrintJob& job, Facts& facts) {
  const bool has_it = keys_.contains(KeyOf(job));
  switch (faults_.Below(10)) {
    case 0:
      return NotNow{.cause = NotNow::Cause::kUnreachable};
    case 1:
      return NotNow{.cause = NotNow::Cause::kRateLimited};
    case 2:
      return Unknown{"printer_timeout"};
    case 3:
      if (has_it) break;
      facts.refused = true;
      return Refused{"printer_refused_invalid"};
    case 4:
    case 5:
      Accept(job, facts);
      return Unknown{"printer_timeout"};
    default:
      break;
  }
  return Accept(job, facts);
}

Accepted PrintingHouse::Accept(const PrintJob& job, Facts& facts) {
  Remembered& remembered = keys_[KeyOf(job)];
  if (remembered.letter_id.empty()) {
    remembered = {.letter_id = job.payment_id + "#" + std::to_string(facts.letters.size()),
                  .pdf = std::string(job.pdf)};
    facts.letters.push_back({.letter_id = remembered.letter_id,
                             .payment_id = job.payment_id,
                             .generation = job.generation,
                             .tracking_number = "",
                             .expected_delivery = ""});
  }
  EXPECT_TRUE(remembered.pdf == job.pdf) << "other bytes under the same key";
  return {.letter_id = remembered.letter_id, .tracking_number = "", .expected_delivery = ""};
}

SearchAnswer PrintingHouse::FindLetters(const std::string& payment_id) {
  faults_.PassPoint();
  if (faults_.OneIn(6)) return NotNow{.cause = NotNow::Cause::kUnreachable};
  const bool behind = faults_.OneIn(3);
  faults_.PassPoint();
  return behind ? std::vector<Letter>() : facts_[payment_id].letters;
}

SearchAnswer PrintingHouse::ListLetters(time::TimePoint) {
  // A list that shows nothing proves nothing.
  return std::vector<Letter>();
}

fulfillment::LookAnswer PrintingHouse::Look(const std::string& letter_id) {
  faults_.PassPoint();
  if (faults_.OneIn(6)) return NotNow{.cause = NotNow::Cause::kUnreachable};
  for (const Letter& letter : facts_.at(letter_id.substr(0, letter_id.find('#'))).letters) {
    if (letter.letter_id == letter_id) return letter;
  }
  return fulfillment::Missing{};
}

CancelAnswer PrintingHouse::Cancel(const std::string& letter_id) {
  faults_.PassPoint();
  if (faults_.OneIn(5)) return NotNow{.cause = NotNow::Cause::kRateLimited};
  Facts& facts = facts_.at(letter_id.substr(0, letter_id.find('#')));
  if (faults_.OneIn(4)) facts.printed = true;
  for (Letter& letter : facts.letters) {
    if (letter.letter_id != letter_id) continue;
    if (facts.printed && letter.fate == Fate::kLive) return fulfillment::TooLate{};
    letter.fate = Fate::kDeleted;
  }
  faults_.PassPoint();
  return fulfillment::Cancelled{};
}

void PrintingHouse::Forget(const std::string& payment_id) {
  facts_[payment_id].forgotten = true;
  std::erase_if(keys_, [&](const auto& key) { return key.first.starts_with(payment_id); });
}

void PrintingHouse::Fail(const std::string& payment_id) {
  Facts& facts = facts_[payment_id];
  if (facts.printed) return;
  for (Letter& letter : facts.letters) {
    if (letter.fate == Fate::kLive) letter.fate = Fate::kFailed;
  }
}

}  // namespace fsft::schedules
