#include "services/intake/step_store.h"

#include "services/intake/step_sql.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

std::string TextOrEmpty(const db::Row& row, size_t column) {
  return row.IsNull(column) ? "" : row.Text(column);
}

std::string BytesOrEmpty(const db::Row& row, size_t column) {
  return row.IsNull(column) ? "" : row.Bytes(column);
}

std::optional<DraftRecord> ReadDraft(const db::Row& row, size_t first) {
  if (row.IsNull(first)) return std::nullopt;
  return DraftRecord{.draft_id = row.Text(first),
                     .version = row.Int64(first + 1),
                     .appeal_type = row.Text(first + 2),
                     .is_final = row.Bool(first + 3),
                     .submission_sealed = BytesOrEmpty(row, first + 4),
                     .content_sha256 = BytesOrEmpty(row, first + 5)};
}

absl::StatusOr<bool> AnyRow(const absl::StatusOr<std::optional<db::Row>>& row) {
  if (!row.ok()) return row.status();
  return row->has_value();
}

}  // namespace

absl::StatusOr<bool> StepStore::Begin(const NewIntake& intake, const RequestKey& key,
                                      db::Deadline deadline) {
  return AnyRow(
      database_.RunOne(sql::kBegin,
                       {db::Param::Bytes("key_hmac", key.key_hmac),
                        db::Param::Bytes("digest", key.digest),
                        {"lookup_key_id", key.lookup_key_id},
                        {"intake_id", intake.intake_id},
                        {"key_seconds", key.lifetime.count()},
                        db::Param::BytesArray("older_key_hmacs", key.OlderHmacs()),
                        db::Param::Bytes("data_key", intake.data_key.bytes),
                        {"data_key_id", intake.data_key.key_id},
                        db::Param::Bytes("person", intake.person.person),
                        db::Param::BytesOrNull("citation_hmac", intake.person.citation_hmac),
                        db::Param::BytesOrNull("email_hmac", intake.person.email_hmac)},
                       deadline));
}

absl::StatusOr<std::optional<WorkingCopy>> StepStore::Read(std::string_view intake_id,
                                                           db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> found =
      database_.RunOne(sql::kWorkingCopy, {{"intake_id", intake_id}}, deadline);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return std::nullopt;
  const db::Row& row = **found;
  WorkingCopy copy{.intake_id = std::string(intake_id),
                   .state = row.Text(0),
                   .revision = row.Int64(1),
                   .token_version = row.Int64(2),
                   .exhibit_count = row.Int64(7),
                   .payment_id = TextOrEmpty(row, 3),
                   .person_sealed = BytesOrEmpty(row, 6),
                   .draft = ReadDraft(row, 8)};
  if (!row.IsNull(4)) {
    copy.data_key = crypto::WrappedKey{.key_id = row.Text(5), .bytes = row.Bytes(4)};
  }
  return copy;
}

absl::StatusOr<bool> StepStore::Change(const WorkingCopy& copy, const SealedPerson& person,
                                       const std::optional<NewDraft>& draft,
                                       db::Deadline deadline) {
  const NewDraft next = draft.value_or(NewDraft{});
  return AnyRow(database_.RunOne(sql::kChange,
                                 {{"intake_id", copy.intake_id},
                                  {"state", copy.state},
                                  {"revision", copy.revision},
                                  db::Param::Bytes("person", person.person),
                                  db::Param::BytesOrNull("citation_hmac", person.citation_hmac),
                                  db::Param::BytesOrNull("email_hmac", person.email_hmac),
                                  {"lookup_key_id", person.lookup_key_id},
                                  db::Param::TextOrNull("draft_id", next.draft_id),
                                  {"version", next.version},
                                  {"appeal_type", next.appeal_type},
                                  db::Param::BytesOrNull("submission", next.submission_sealed)},
                                 deadline));
}

absl::StatusOr<bool> StepStore::SaveDraft(const WorkingCopy& copy, const NewDraft& draft,
                                          const RequestKey& key, db::Deadline deadline) {
  return AnyRow(database_.RunOne(sql::kSaveDraft,
                                 {{"intake_id", copy.intake_id},
                                  {"state", copy.state},
                                  {"revision", copy.revision},
                                  db::Param::Bytes("key_hmac", key.key_hmac),
                                  db::Param::Bytes("digest", key.digest),
                                  {"lookup_key_id", key.lookup_key_id},
                                  {"draft_id", draft.draft_id},
                                  {"key_seconds", key.lifetime.count()},
                                  db::Param::BytesArray("older_key_hmacs", key.OlderHmacs()),
                                  {"version", draft.version},
                                  {"appeal_type", draft.appeal_type},
                                  db::Param::Bytes("submission", draft.submission_sealed)},
                                 deadline));
}

absl::StatusOr<bool> StepStore::Freeze(const WorkingCopy& copy, const Freezing& freezing,
                                       const RequestKey& key, db::Deadline deadline) {
  return AnyRow(
      database_.RunOne(sql::kFreeze,
                       {db::Param::BytesArray("citation_hmacs", freezing.lookups.citation),
                        db::Param::BytesArray("email_hmacs", freezing.lookups.EmailsToMatch()),
                        {"allow_duplicate", freezing.allow_duplicate},
                        {"intake_id", copy.intake_id},
                        {"state", copy.state},
                        {"revision", copy.revision},
                        db::Param::Bytes("key_hmac", key.key_hmac),
                        db::Param::Bytes("digest", key.digest),
                        {"lookup_key_id", key.lookup_key_id},
                        {"draft_id", freezing.draft_id},
                        {"key_seconds", key.lifetime.count()},
                        db::Param::BytesArray("older_key_hmacs", key.OlderHmacs()),
                        {"version", freezing.version},
                        {"appeal_type", freezing.appeal_type},
                        db::Param::Bytes("submission", freezing.draft.submission),
                        db::Param::Bytes("sha256", freezing.draft.content_sha256),
                        {"city_id", freezing.city_id},
                        {"section_id", freezing.section_id},
                        db::Param::Bytes("person", freezing.person.person),
                        db::Param::Bytes("citation_hmac", freezing.person.citation_hmac),
                        db::Param::BytesOrNull("email_hmac", freezing.person.email_hmac)},
                       deadline));
}

absl::StatusOr<std::optional<BegunIntake>> StepStore::FindBegun(const RequestKey& key,
                                                                db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kBegun, {db::Param::BytesArray("key_hmacs", key.AllHmacs())}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  if (!key.HasDigest((*row)->Bytes(0), (*row)->Bytes(1))) return KeyReused();
  return BegunIntake{.intake_id = (*row)->Text(2), .token_version = (*row)->Int64(3)};
}

absl::StatusOr<std::optional<SavedDraft>> StepStore::FindSavedDraft(const RequestKey& key,
                                                                    db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kSavedDraft, {db::Param::BytesArray("key_hmacs", key.AllHmacs())}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  if (!key.HasDigest((*row)->Bytes(0), (*row)->Bytes(1))) return KeyReused();
  return SavedDraft{.draft_id = (*row)->Text(2), .version = (*row)->Int64(3)};
}

}  // namespace fsft::intake
