#include "services/fulfillment/mailing/decision.h"

#include <algorithm>
#include <utility>

namespace fsft::fulfillment {
namespace {

using std::chrono::milliseconds;

Decision WhenAccepted(const Accepted& accepted) {
  return {.to_state = "mailed", .reason = "", .accepted = accepted};
}

// Where a letter waits after this POST was proven to have come to nothing.
Decision Wait(std::string reason, int failures, milliseconds pause, const ClaimedLetter& letter,
              const MailingPolicy& policy) {
  if (!letter.unsure) {
    return {
        .to_state = "queued", .reason = std::move(reason), .failures = failures, .pause = pause};
  }
  return {.to_state = "sending",
          .reason = std::move(reason),
          .failures = failures,
          .unsure = true,
          .pause = std::max<milliseconds>(pause, policy.retry_min)};
}

Decision WhenNotAccepted(const NotAccepted& answer, const ClaimedLetter& letter,
                         const MailingPolicy& policy) {
  switch (answer.cause) {
    case NotAccepted::Cause::kCredentials:
      return Wait("printer_credentials", letter.failures, policy.credentials_pause, letter, policy);
    case NotAccepted::Cause::kRateLimited: {
      const auto pause =
          answer.retry_after.count() > 0 ? answer.retry_after : policy.rate_limit_pause;
      return Wait("printer_rate_limited", letter.failures, pause, letter, policy);
    }
    case NotAccepted::Cause::kUnreachable:
      break;
  }
  const int failures = letter.failures + 1;
  if (failures >= policy.max_failures) return GiveUp("printer_unreachable", letter);
  return Wait("printer_unreachable", failures, policy.backoff.After(failures), letter, policy);
}

Decision WhenUnknown(const Unknown& answer, const ClaimedLetter& letter,
                     const MailingPolicy& policy) {
  const int failures = letter.failures + 1;
  Decision decision{.to_state = failures >= policy.max_failures ? "outcome_unknown" : "sending",
                    .reason = answer.reason,
                    .failures = failures,
                    .unsure = true};
  decision.pause = std::max<milliseconds>(policy.backoff.After(failures), policy.retry_min);
  return decision;
}

}  // namespace

Decision AfterAnswer(const PrintAnswer& answer, const ClaimedLetter& letter,
                     const MailingPolicy& policy) {
  if (const auto* accepted = std::get_if<Accepted>(&answer)) return WhenAccepted(*accepted);
  if (const auto* refused = std::get_if<Refused>(&answer)) return GiveUp(refused->reason, letter);
  if (const auto* not_accepted = std::get_if<NotAccepted>(&answer)) {
    return WhenNotAccepted(*not_accepted, letter, policy);
  }
  return WhenUnknown(std::get<Unknown>(answer), letter, policy);
}

Decision TryLater(std::string reason, const ClaimedLetter& letter, const MailingPolicy& policy) {
  return {.to_state = letter.state,
          .reason = std::move(reason),
          .failures = letter.failures,
          .unsure = letter.unsure,
          .pause = policy.backoff.After(1)};
}

Decision GiveUp(std::string reason, const ClaimedLetter& letter) {
  return {.to_state = letter.unsure ? "outcome_unknown" : "dead_letter",
          .reason = std::move(reason),
          .failures = letter.failures,
          .unsure = letter.unsure};
}

}  // namespace fsft::fulfillment
