#include "services/fulfillment/mailing/mailing_store.h"

#include "services/fulfillment/mailing/mailing_sql.h"

namespace fsft::fulfillment {
namespace {

// Seconds with their fraction, as make_interval takes them.
template <class Duration>
std::string Seconds(Duration duration) {
  return std::to_string(std::chrono::duration<double>(duration).count());
}

// Both claims begin alike: the pause, how late the letter is, and its lease.
Lease LeaseOf(const db::Row& row) {
  return {.payment_id = row.Text(2),
          .claim = row.Int64(3),
          .state = row.Text(4),
          .generation = static_cast<int>(row.Int64(5)),
          .attempt = static_cast<int>(row.Int64(6)),
          .failures = static_cast<int>(row.Int64(7)),
          .unsure = row.Bool(8),
          .unsure_too_long = row.Bool(9)};
}

ClaimedLetter ClaimedOf(const db::Row& row) {
  ClaimedLetter letter;
  static_cast<Lease&>(letter) = LeaseOf(row);
  letter.draft_id = row.Text(10);
  letter.content_sha256 = row.Bytes(11);
  letter.appeal_type = row.Text(12);
  letter.pdf = SealedPdfOf(row, 13);
  letter.search_first = row.Bool(17);
  return letter;
}

FollowedLetter FollowedOf(const db::Row& row) {
  FollowedLetter letter;
  static_cast<Lease&>(letter) = LeaseOf(row);
  letter.letter_id = row.TextOr(10);
  letter.misses = static_cast<int>(row.Int64(11));
  letter.since = row.Time(12);
  letter.age = std::chrono::seconds(row.Int64(13));
  letter.miss_counts = row.Bool(14);
  return letter;
}

// Whether a claim's row has a letter; and what that says of the queue. What a pause hides is not
// gone.
bool EndClaim(const db::Row& row, const work::ClaimWindow::Look& look, work::ClaimWindow& window) {
  const bool paused = row.Bool(0), found = !row.IsNull(1);
  if (!paused) window.End(look, std::chrono::milliseconds(found ? row.Int64(1) : 0));
  return found;
}

std::vector<std::string> Words(const db::Rows& rows) {
  std::vector<std::string> words;
  for (const db::Row& row : rows) words.push_back(row.Text(0));
  return words;
}

}  // namespace

absl::StatusOr<std::optional<ClaimedLetter>> MailingStore::Claim(std::chrono::seconds lease,
                                                                 const MailingPolicy& policy,
                                                                 db::Deadline deadline) {
  const work::ClaimWindow::Look look = to_post_.Begin();
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kClaim,
                       {{"key", key_fingerprint_()},
                        {"livemode", livemode_},
                        {"back", std::to_string(look.BackSeconds())},
                        {"lease", Seconds(lease)},
                        {"unsure", Seconds(policy.unsure_max)},
                        {"fresh", Seconds(policy.search_after)}},
                       deadline);
  if (!row.ok()) return row.status();
  if (!EndClaim(**row, look, to_post_)) return std::nullopt;
  return ClaimedOf(**row);
}

absl::StatusOr<std::optional<FollowedLetter>> MailingStore::ClaimFollowed(
    std::chrono::seconds lease, const MailingPolicy& policy, db::Deadline deadline) {
  const work::ClaimWindow::Look look = to_follow_.Begin();
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kClaimFollowed,
                       {{"key", key_fingerprint_()},
                        {"livemode", livemode_},
                        {"back", std::to_string(look.BackSeconds())},
                        {"lease", Seconds(lease)},
                        {"unsure", Seconds(policy.unsure_max)},
                        {"miss_after", Seconds(policy.miss_after)},
                        {"miss_apart", Seconds(policy.miss_apart)}},
                       deadline);
  if (!row.ok()) return row.status();
  if (!EndClaim(**row, look, to_follow_)) return std::nullopt;
  return FollowedOf(**row);
}

absl::StatusOr<bool> MailingStore::BeginPost(const ClaimedLetter& letter, const SealedPdf* pdf,
                                             std::chrono::seconds lease, db::Deadline deadline) {
  const auto bytes = [&](std::string_view name, const std::string& value) {
    return pdf == nullptr ? db::Param(name, std::nullopt) : db::Param::Bytes(name, value);
  };
  const SealedPdf none;
  const SealedPdf& values = pdf == nullptr ? none : *pdf;
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kBeginPost,
                       {{"lease", Seconds(lease)},
                        bytes("pdf", values.sealed),
                        bytes("sha256", values.sha256),
                        bytes("data_key", values.key.bytes),
                        db::Param::TextOrNull("data_key_id", values.key.key_id),
                        {"payment_id", letter.payment_id},
                        {"claim", letter.claim},
                        {"attempt", letter.attempt},
                        {"livemode", livemode_},
                        {"from_state", letter.state}},
                       deadline);
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<std::optional<std::string>> MailingStore::Settle(const Lease& letter,
                                                                const Decision& decision,
                                                                db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = std::nullopt;
  if (decision.to_state == letter.state && decision.letter_id.empty()) {
    row = database_.RunOne(sql::kPutOff,
                           {{"reason", decision.reason},
                            {"failures", decision.failures},
                            {"misses", decision.counted_miss ? 1 : 0},
                            {"pause", Seconds(decision.pause)},
                            {"payment_id", letter.payment_id},
                            {"claim", letter.claim},
                            {"attempt", letter.attempt},
                            {"from_state", letter.state}},
                           deadline);
  } else {
    row = database_.RunOne(sql::kMove,
                           {{"to_state", decision.to_state},
                            {"reason", decision.reason},
                            {"failures", decision.failures},
                            {"unsure", decision.unsure},
                            {"pause", Seconds(decision.pause)},
                            db::Param::TextOrNull("letter_id", decision.letter_id),
                            db::Param::TextOrNull("tracking_number", decision.tracking_number),
                            db::Param::TextOrNull("expected_delivery", decision.expected_delivery),
                            {"payment_id", letter.payment_id},
                            {"claim", letter.claim},
                            {"attempt", letter.attempt},
                            {"from_state", letter.state}},
                           deadline);
  }
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Text(0);
}

absl::StatusOr<std::optional<std::string>> MailingStore::AcceptedAfter(time::TimePoint after,
                                                                       db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kAcceptedAfter, {{"after", after}, {"livemode", livemode_}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Text(0);
}

absl::StatusOr<bool> MailingStore::PauseForCredentials(std::string_view refused_key,
                                                       db::Deadline deadline) {
  return InsertPause("paused_credentials", refused_key, "mailing", deadline);
}

absl::StatusOr<bool> MailingStore::Pause(std::string_view actor, db::Deadline deadline) {
  return InsertPause("operator", "", actor, deadline);
}

absl::StatusOr<bool> MailingStore::InsertPause(std::string_view cause, std::string_view key,
                                               std::string_view actor, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kPause, {{"cause", cause}, {"key", key}, {"actor", actor}}, deadline);
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<std::vector<std::string>> MailingStore::Resume(std::string_view actor,
                                                              db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows = database_.Run(sql::kResume, {{"actor", actor}}, deadline);
  if (!rows.ok()) return rows.status();
  return Words(*rows);
}

absl::StatusOr<std::vector<std::string>> MailingStore::Pauses(db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kPauses, {{"key", key_fingerprint_()}}, deadline);
  if (!rows.ok()) return rows.status();
  return Words(*rows);
}

}  // namespace fsft::fulfillment
