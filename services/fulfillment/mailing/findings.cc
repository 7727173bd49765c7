#include "services/fulfillment/mailing/findings.h"

#include <algorithm>
#include <utility>

namespace fsft::fulfillment {
namespace {

using std::chrono::seconds;
using Fate = PrintedLetter::Fate;

Decision AtPrinter(std::string to_state, std::string reason, const PrintedLetter& printed) {
  return {.to_state = std::move(to_state),
          .reason = std::move(reason),
          .letter_id = printed.letter_id,
          .tracking_number = printed.tracking_number,
          .expected_delivery = printed.expected_delivery};
}

// Stays as it is, to be looked at again.
Decision Stay(const FollowedLetter& letter, std::string reason, seconds pause) {
  return {.to_state = letter.state,
          .reason = std::move(reason),
          .failures = letter.failures,
          .unsure = letter.unsure,
          .pause = pause};
}

// The older a letter is, the less often it is looked at: about twenty times in a year.
seconds UntilNextLook(const FollowedLetter& letter, const MailingPolicy& policy) {
  return std::max(letter.age, policy.first_look);
}

seconds UntilNextSearch(const FollowedLetter& letter, const MailingPolicy& policy) {
  return std::clamp(letter.age, policy.first_look, policy.search_max);
}

Decision WhenProvenAbsent(const FollowedLetter& letter, const MailingPolicy& policy) {
  if (letter.state == "cancelling") return {.to_state = "cancelled", .reason = ""};
  Decision decision = Stay(letter, "not_at_printer", policy.miss_after);
  decision.counted_miss = true;
  return decision;
}

}  // namespace

Findings FindingsFor(const Lease& letter, const std::string& known_id,
                     const std::vector<PrintedLetter>& listed) {
  std::vector<PrintedLetter> ours;  // oldest first
  // The filter is the printer's, but a stranger's letter must not become ours by its mistake.
  std::copy_if(listed.rbegin(), listed.rend(), std::back_inserter(ours),
               [&](const PrintedLetter& l) { return l.payment_id == letter.payment_id; });
  const auto is_known = [&](const PrintedLetter& l) { return l.letter_id == known_id; };
  if (!known_id.empty() && std::none_of(ours.begin(), ours.end(), is_known)) return {};
  std::stable_partition(ours.begin(), ours.end(), is_known);

  Findings findings;
  for (PrintedLetter& printed : ours) {
    if (printed.fate != Fate::kLive) {
      if (printed.generation == letter.generation) findings.dead = std::move(printed);
    } else if (!findings.live) {
      findings.live = std::move(printed);
    } else {
      findings.extra_ids.push_back(std::move(printed.letter_id));
    }
  }
  if (findings.live) findings.dead.reset();
  return findings;
}

std::optional<Decision> Proof(const Findings& findings, const MailingPolicy& policy) {
  if (findings.live) {
    Decision mailed = AtPrinter("mailed", "", *findings.live);
    mailed.pause = policy.first_look;
    return mailed;
  }
  if (!findings.dead) return std::nullopt;
  const bool deleted = findings.dead->fate == Fate::kDeleted;
  return AtPrinter("failed_at_printer", deleted ? "printer_deleted" : "printer_failed",
                   *findings.dead);
}

Decision AfterLook(const FollowedLetter& letter, const Findings& findings,
                   const MailingPolicy& policy) {
  const bool still_there = findings.live && findings.live->letter_id == letter.letter_id;
  if (!still_there) {
    if (std::optional<Decision> proof = Proof(findings, policy)) return *std::move(proof);
  }
  return Stay(letter, "", UntilNextLook(letter, policy));
}

Decision AfterSearch(const FollowedLetter& letter, const Findings& findings, bool control_seen,
                     const MailingPolicy& policy) {
  if (std::optional<Decision> proof = Proof(findings, policy)) return *std::move(proof);
  if (letter.miss_counts && control_seen) {
    if (letter.misses + 1 >= kMissesThatProve) return WhenProvenAbsent(letter, policy);
    Decision decision = Stay(letter, "not_found_yet", policy.miss_apart);
    decision.counted_miss = true;
    return decision;
  }
  if (letter.state == "sending" && letter.unsure_too_long) {
    Decision decision = Stay(letter, "unsure_too_long", UntilNextSearch(letter, policy));
    decision.to_state = "outcome_unknown";
    return decision;
  }
  return Stay(letter, "not_found_yet", UntilNextSearch(letter, policy));
}

Decision AfterCancel(const CancelAnswer& answer, const FollowedLetter& letter,
                     const std::string& letter_id, const MailingPolicy& policy) {
  if (std::holds_alternative<TooLate>(answer)) {
    return {.to_state = "mailed",
            .reason = "too_late_to_cancel",
            .pause = policy.first_look,
            .letter_id = letter_id};
  }
  if (const auto* obstacle = std::get_if<NotNow>(&answer))
    return TryLater(*obstacle, letter, policy);
  return {.to_state = "cancelled", .reason = "", .letter_id = letter_id};
}

}  // namespace fsft::fulfillment
