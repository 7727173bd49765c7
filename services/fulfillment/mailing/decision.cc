#include "services/fulfillment/mailing/decision.h"

#include <algorithm>
#include <utility>

namespace fsft::fulfillment {
namespace {

using std::chrono::milliseconds;

Decision WhenAccepted(const Accepted& accepted, const MailingPolicy& policy) {
  return {.to_state = "mailed",
          .reason = "",
          .pause = policy.first_look,
          .letter_id = accepted.letter_id,
          .tracking_number = accepted.tracking_number,
          .expected_delivery = accepted.expected_delivery};
}

std::string ReasonFor(NotNow::Cause cause) {
  switch (cause) {
    case NotNow::Cause::kCredentials:
      return "printer_credentials";
    case NotNow::Cause::kRateLimited:
      return "printer_rate_limited";
    case NotNow::Cause::kStopping:
      return "";
    default:
      return "printer_unreachable";
  }
}

milliseconds PauseFor(const NotNow& obstacle, const MailingPolicy& policy) {
  // Another replica may take it at once.
  if (obstacle.cause == NotNow::Cause::kStopping) return milliseconds(0);
  if (obstacle.cause != NotNow::Cause::kRateLimited) return policy.backoff.After(1);
  return obstacle.retry_after.count() > 0 ? obstacle.retry_after : policy.rate_limit_pause;
}

// Where a letter waits after this POST was proven to have come to nothing.
Decision Wait(std::string reason, int failures, milliseconds pause, const Lease& letter,
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

Decision WhenNotNow(const NotNow& answer, const Lease& letter, const MailingPolicy& policy) {
  std::string reason = ReasonFor(answer.cause);
  // Neither our key nor our speed is the letter's fault.
  if (answer.cause != NotNow::Cause::kUnreachable) {
    Decision decision =
        Wait(std::move(reason), letter.failures, PauseFor(answer, policy), letter, policy);
    decision.refused_key = answer.refused_key;
    return decision;
  }
  const int failures = letter.failures + 1;
  if (failures >= policy.max_failures) return GiveUp(std::move(reason), letter);
  return Wait(std::move(reason), failures, policy.backoff.After(failures), letter, policy);
}

Decision WhenUnknown(const Unknown& answer, const Lease& letter, const MailingPolicy& policy) {
  const int failures = letter.failures + 1;
  Decision decision{.to_state = failures >= policy.max_failures ? "outcome_unknown" : "sending",
                    .reason = answer.reason,
                    .failures = failures,
                    .unsure = true};
  decision.pause = std::max<milliseconds>(policy.backoff.After(failures), policy.retry_min);
  return decision;
}

}  // namespace

Decision AfterAnswer(const PrintAnswer& answer, const Lease& letter, const MailingPolicy& policy) {
  if (const auto* accepted = std::get_if<Accepted>(&answer)) return WhenAccepted(*accepted, policy);
  if (const auto* refused = std::get_if<Refused>(&answer)) return GiveUp(refused->reason, letter);
  if (const auto* not_now = std::get_if<NotNow>(&answer))
    return WhenNotNow(*not_now, letter, policy);
  return WhenUnknown(std::get<Unknown>(answer), letter, policy);
}

Decision TryLater(std::string reason, const Lease& letter, const MailingPolicy& policy) {
  return {.to_state = letter.state,
          .reason = std::move(reason),
          .failures = letter.failures,
          .unsure = letter.unsure,
          .pause = policy.backoff.After(1)};
}

Decision TryLater(const NotNow& obstacle, const Lease& letter, const MailingPolicy& policy) {
  Decision decision = TryLater(ReasonFor(obstacle.cause), letter, policy);
  decision.pause = PauseFor(obstacle, policy);
  decision.refused_key = obstacle.refused_key;
  return decision;
}

Decision GiveUp(std::string reason, const Lease& letter) {
  return {.to_state = letter.unsure ? "outcome_unknown" : "dead_letter",
          .reason = std::move(reason),
          .failures = letter.failures,
          .unsure = letter.unsure};
}

}  // namespace fsft::fulfillment
