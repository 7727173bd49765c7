#include "services/fulfillment/mailing/follower.h"

#include <algorithm>
#include <utility>

#include "services/fulfillment/mailing/settling.h"
#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"
#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {
namespace {

// Our clock and the printer's need not agree.
constexpr std::chrono::hours kClockMargin{1};

// What a look has ended is not looked at again.
bool IsOver(std::string_view state) {
  return state == "delivered" || state == "returned" || state == "failed_at_printer";
}

}  // namespace

Follower::Follower(MailingStore& store, Printer& printer, Tracker& tracker,
                   metrics::Registry& registry, Options options)
    : store_(store),
      printer_(printer),
      tracker_(tracker),
      registry_(registry),
      options_(std::move(options)) {}

absl::StatusOr<int> Follower::FollowOne() {
  absl::StatusOr<std::optional<FollowedLetter>> letter =
      store_.ClaimFollowed(options_.lease, options_.policy, rpc::In(kDatabasePatience));
  if (!letter.ok()) return letter.status();
  if (!letter->has_value()) return 0;
  const logging::ScopedContext scope(logging::ForOrder((*letter)->payment_id));
  absl::StatusOr<Decision> decision = Ask(**letter);
  if (!decision.ok()) return decision.status();
  if (IsOver((*letter)->state)) return 1;
  absl::Status settled = SettleLetter(**letter, *decision, store_, registry_, options_.wake_relay);
  if (!settled.ok()) return settled;
  return 1;
}

absl::StatusOr<Decision> Follower::Ask(FollowedLetter& letter) {
  const SearchAnswer answer = printer_.FindLetters(letter.payment_id);
  if (const auto* obstacle = std::get_if<NotNow>(&answer))
    return TryLater(*obstacle, letter, options_.policy);
  Control control{.findings = FindingsFor(letter, letter.letter_id,
                                          std::get<std::vector<PrintedLetter>>(answer))};
  const auto found = [&] { return control.findings.live || control.findings.dead; };
  if (letter.miss_counts && letter.letter_id.empty() && !found()) {
    absl::StatusOr<Control> listed = ListWithControl(letter);
    if (!listed.ok()) return listed.status();
    control = *std::move(listed);
    // It has shown nothing, for the letter or against it.
    if (control.obstacle && control.obstacle->cause == NotNow::Cause::kStopping)
      return TryLater(*control.obstacle, letter, options_.policy);
  }
  if (letter.state == "mailed" || letter.state == "in_transit")
    return Look(letter, control.findings);
  if (letter.state == "cancelling" && (found() || !letter.letter_id.empty()))
    return Withdraw(letter, control.findings);
  return AfterSearch(letter, control.findings, control.seen, options_.policy);
}

// What the list shows decides about second letters; what became of the adopted one is seen at
// itself, and goes the same way as the printer's events.
absl::StatusOr<Decision> Follower::Look(FollowedLetter& letter, const Findings& findings) {
  for (const std::string& id : findings.extra_ids) CancelExtra(letter, id);
  const bool another = findings.live && findings.live->letter_id != letter.letter_id;
  if (another && letter.state == "mailed") return AfterLook(letter, findings, options_.policy);
  if (another) CancelExtra(letter, findings.live->letter_id);
  const LookAnswer seen = printer_.Look(letter.letter_id);
  if (const auto* obstacle = std::get_if<NotNow>(&seen))
    return TryLater(*obstacle, letter, options_.policy);
  const auto* printed = std::get_if<PrintedLetter>(&seen);
  // One that was deleted may be shown in the list only.
  if (printed == nullptr && findings.dead) printed = &*findings.dead;
  if (printed != nullptr) {
    absl::StatusOr<std::string> state = tracker_.Take(*printed, rpc::In(kDatabasePatience));
    if (!state.ok()) return state.status();
    if (IsOver(*state) || *state == "in_transit") letter.state = *std::move(state);
  }
  return AfterLook(letter, Findings{}, options_.policy);
}

void Follower::CancelExtra(const FollowedLetter& letter, const std::string& letter_id) {
  const CancelAnswer answer = printer_.Cancel(letter_id);
  const auto* obstacle = std::get_if<NotNow>(&answer);
  // Not asked: the next look finds it again.
  if (obstacle != nullptr && obstacle->cause == NotNow::Cause::kStopping) return;
  const bool cancelled = std::holds_alternative<Cancelled>(answer);
  logging::Error(
      "the printer had a second letter for one payment",
      {{"payment_id", letter.payment_id}, {"letter_id", letter_id}, {"cancelled", cancelled}});
  registry_
      .AddCounter("second_letters_total", "Second letters of one payment found at the printer",
                  {{"cancelled", cancelled ? "yes" : "no"}})
      .Add();
}

absl::StatusOr<Follower::Control> Follower::ListWithControl(const FollowedLetter& letter) {
  absl::StatusOr<std::optional<std::string>> known =
      store_.AcceptedAfter(letter.since, rpc::In(kDatabasePatience));
  if (!known.ok()) return known.status();
  if (!known->has_value()) return Control{};
  const SearchAnswer answer = printer_.ListLetters(letter.since - kClockMargin);
  const auto* listed = std::get_if<std::vector<PrintedLetter>>(&answer);
  if (listed == nullptr) return Control{.obstacle = std::get<NotNow>(answer)};
  return Control{
      .seen = std::any_of(listed->begin(), listed->end(),
                          [&](const PrintedLetter& l) { return l.letter_id == **known; }),
      .findings = FindingsFor(letter, letter.letter_id, *listed)};
}

Decision Follower::Withdraw(const FollowedLetter& letter, const Findings& findings) {
  std::vector<std::string> ids = findings.extra_ids;
  if (findings.live) {
    ids.push_back(findings.live->letter_id);
  } else if (findings.dead) {
    return AfterCancel(Cancelled{}, letter, findings.dead->letter_id, options_.policy);
  } else {
    // The list is behind; the letter itself can be named.
    ids.push_back(letter.letter_id);
  }
  // The letter that counts comes last: what becomes of it becomes of the order. If an extra one
  // cannot be cancelled the order counts as mailed too.
  for (const std::string& id : ids) {
    const CancelAnswer answer = printer_.Cancel(id);
    if (!std::holds_alternative<Cancelled>(answer))
      return AfterCancel(answer, letter, id, options_.policy);
  }
  return AfterCancel(Cancelled{}, letter, ids.back(), options_.policy);
}

}  // namespace fsft::fulfillment
