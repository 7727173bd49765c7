#include "services/fulfillment/address/verifying_checker.h"

#include <algorithm>
#include <utility>

#include "services/fulfillment/address/address_words.h"
#include "services/fulfillment/address/local_rules.h"
#include "shared/logging/logging.h"

namespace fsft::fulfillment {
namespace {

using std::chrono::milliseconds;

// A customer waits for it; whoever needs longer is not waited for.
constexpr milliseconds kPatience{1'000};
// For our answer's way back.
constexpr milliseconds kMargin{100};
// With less Lob would be paid for an answer that comes too late.
constexpr milliseconds kHopeless{200};

// Not every customer has to find out that Lob does not answer.
constexpr std::chrono::seconds kAfterFailure{10};
constexpr std::chrono::seconds kAfterRateLimit{30};
// An operator has to do something: another key, or a payment method.
constexpr std::chrono::seconds kAfterRefusal{900};

// What became of a check: Lob's word, or why there is none.
constexpr std::string_view kOutcomes[] = {
    "deliverable",
    "deliverable_unnecessary_unit",
    "deliverable_incorrect_unit",
    "deliverable_missing_unit",
    "undeliverable",
    "not_said",    // by Lob
    "remembered",  // Lob said it a while ago
    "slow",
    "failed",
    "rate_limited",
    "refused",
    "unreadable",  // asked in vain
    "paused",
    "over_budget",
    "no_time",
    "not_whole",
    "off",  // not asked
};

std::map<std::string_view, metrics::Counter&> CountersOf(metrics::Registry& registry) {
  std::map<std::string_view, metrics::Counter&> counters;
  for (const std::string_view outcome : kOutcomes) {
    counters.emplace(outcome, registry.AddCounter("address_checks_total",
                                                  "Addresses looked at, by what Lob said of them.",
                                                  {{"outcome", std::string(outcome)}}));
  }
  return counters;
}

std::string_view OutcomeOf(Deliverability deliverability) {
  switch (deliverability) {
    case Deliverability::kDeliverable:
      return "deliverable";
    case Deliverability::kUnnecessaryUnit:
      return "deliverable_unnecessary_unit";
    case Deliverability::kIncorrectUnit:
      return "deliverable_incorrect_unit";
    case Deliverability::kMissingUnit:
      return "deliverable_missing_unit";
    case Deliverability::kUndeliverable:
      return "undeliverable";
    default:
      return "not_said";
  }
}

void AddWord(Deliverability deliverability, AddressFinding& finding) {
  switch (deliverability) {
    case Deliverability::kNotSaid:
      return;
    case Deliverability::kUndeliverable:
      finding.verdict = AddressVerdict::kUndeliverable;
      // In the place of our guesses about the line: a form shows one message at a field.
      std::erase_if(finding.advice, [](const Advice& one) { return one.field == "line1"; });
      finding.advice.insert(
          finding.advice.begin(),
          {"line1", "undeliverable",
           "must be one that the postal service delivers to; it knows none like this"});
      return;
    case Deliverability::kUnnecessaryUnit:
      finding.advice.push_back({"line2", "unnecessary_unit",
                                "may be left out: the building has no apartments or suites"});
      break;
    case Deliverability::kIncorrectUnit:
      finding.advice.push_back({"line2", "incorrect_unit",
                                "names an apartment or a suite that the building may not have"});
      break;
    case Deliverability::kMissingUnit:
      finding.advice.push_back(
          {"line2", "missing_unit", "is missing: the building has several apartments or suites"});
      break;
    case Deliverability::kDeliverable:
      break;
  }
  finding.verdict = AddressVerdict::kDeliverable;
}

Words LinesOf(const Address& address) { return WordsOf(address.line1 + " " + address.line2); }

// A ZIP code's last four digits are for machines.
bool AreTheSame(const Address& standard, const Address& typed) {
  return SaysTheSame(LinesOf(standard), LinesOf(typed)) &&
         SaysTheSame(WordsOf(standard.city), WordsOf(typed.city)) &&
         standard.state == typed.state && standard.zip.substr(0, 5) == typed.zip.substr(0, 5);
}

}  // namespace

VerifyingChecker::VerifyingChecker(Options options, const time::Clock& clock,
                                   metrics::Registry& registry, Transport transport)
    : options_(std::move(options)),
      transport_(std::move(transport)),
      outcomes_(CountersOf(registry)),
      allowance_(options_.per_hour, clock),
      remembered_(clock) {}

AddressFinding VerifyingChecker::Check(const Address& typed, rpc::Deadline deadline) {
  const Address address = Tidied(typed);
  AddressFinding finding{.advice = LocalAdvice(address)};
  std::optional<Verification> verification = Verify(address, deadline);
  if (!verification) return finding;
  AddWord(verification->deliverability, finding);
  if (verification->standard && !AreTheSame(*verification->standard, address))
    finding.suggestion = std::move(verification->standard);
  return finding;
}

std::optional<Verification> VerifyingChecker::Verify(const Address& address,
                                                     rpc::Deadline deadline) {
  const auto not_asked = [&](std::string_view why) {
    Count(why);
    return std::nullopt;
  };
  if (options_.per_hour == 0 || options_.api_key().empty()) return not_asked("off");
  if (!IsWhole(address)) return not_asked("not_whole");
  if (const std::optional<Deliverability> before = remembered_.Find(address)) {
    Count("remembered");
    return Verification{.deliverability = *before};
  }
  const auto left = std::chrono::duration_cast<milliseconds>(rpc::Remaining(deadline)) - kMargin;
  if (left < kHopeless) return not_asked("no_time");
  switch (allowance_.Take()) {
    case Allowance::Answer::kPaused:
      return not_asked("paused");
    case Allowance::Answer::kUsedUp:
      return not_asked("over_budget");
    case Allowance::Answer::kGranted:
      break;
  }
  return Ask(address, std::min(left, kPatience));
}

std::optional<Verification> VerifyingChecker::Ask(const Address& address, milliseconds timeout) {
  auto answer = ReadVerification(transport_(
      VerificationRequest(options_.api_base, options_.api_key().Reveal(), address, timeout)));
  if (const auto* obstacle = std::get_if<Obstacle>(&answer)) {
    Heed(*obstacle);
    return std::nullopt;
  }
  auto& verification = std::get<Verification>(answer);
  Count(OutcomeOf(verification.deliverability));
  remembered_.Remember(address, verification.deliverability);
  // Whoever takes our suggestion has it checked again.
  if (verification.standard)
    remembered_.Remember(*verification.standard, verification.deliverability);
  return std::move(verification);
}

void VerifyingChecker::Heed(const Obstacle& obstacle) {
  switch (obstacle.reason) {
    case NoVerification::kSlow:
      Count("slow");
      return allowance_.Pause(kAfterFailure);
    case NoVerification::kFailed:
      Count("failed");
      return allowance_.Pause(kAfterFailure);
    case NoVerification::kRateLimited:
      Count("rate_limited");
      return allowance_.Pause(std::max(obstacle.retry_after, kAfterRateLimit));
    case NoVerification::kRefused:
      Count("refused");
      logging::Warning("Lob refuses to verify addresses: see the account's key and payment method");
      return allowance_.Pause(kAfterRefusal);
    case NoVerification::kUnreadable:
      return Count("unreadable");
  }
}

}  // namespace fsft::fulfillment
