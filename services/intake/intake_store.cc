#include "services/intake/intake_store.h"

#include "services/intake/intake_sql.h"
#include "shared/rpc/status.h"

namespace fsft::intake {

namespace {

AuthorityRow ReadAuthority(const db::Row& row) {
  AuthorityRow authority;
  authority.city_id = row.Text(0);
  authority.section_id = row.Text(1);
  authority.time_zone = row.Text(2);
  authority.blocked = row.Bool(3);
  authority.patterns = row.TextArray(4);
  authority.appeal_days = static_cast<int>(row.Int64(5));
  authority.agency.set_name(row.Text(6));
  authority.agency.set_company(row.Text(7));
  authority.agency.set_address_line1(row.Text(8));
  authority.agency.set_address_line2(row.Text(9));
  authority.agency.set_city(row.Text(10));
  authority.agency.set_state(row.Text(11));
  authority.agency.set_zip(row.Text(12));
  authority.city_name = row.Text(13);
  authority.state = row.Text(14);
  authority.short_name = row.Text(15);
  authority.verified = row.Bool(16);
  authority.withdrawn = row.Bool(17);
  authority.has_address = row.Bool(18);
  authority.certified_required = row.Bool(19);
  authority.power_of_attorney = row.Bool(20);
  authority.blocked_sender_states = row.TextArray(21);
  return authority;
}

std::optional<crypto::WrappedKey> ReadKey(const db::Row& row, size_t bytes, size_t id) {
  if (row.IsNull(bytes)) return std::nullopt;
  return crypto::WrappedKey{.key_id = row.Text(id), .bytes = row.Bytes(bytes)};
}

std::string BytesOrEmpty(const db::Row& row, size_t column) {
  return row.IsNull(column) ? "" : row.Bytes(column);
}

}  // namespace

absl::StatusOr<std::vector<AuthorityRow>> IntakeStore::LoadRegistry(db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows = database_.Run(sql::kRegistry, {}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<AuthorityRow> authorities;
  for (const db::Row& row : *rows) authorities.push_back(ReadAuthority(row));
  return authorities;
}

absl::StatusOr<StoredAppeal> IntakeStore::Submit(const NewAppeal& appeal, const RequestKey& key,
                                                 db::Deadline deadline) {
  const SealedAppeal& sealed = appeal.sealed;
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kSubmit,
                       {db::Param::BytesArray("citation_hmacs", sealed.lookups.citation),
                        db::Param::BytesArray("email_hmacs", sealed.lookups.EmailsToMatch()),
                        {"allow_duplicate", appeal.allow_duplicate},
                        db::Param::Bytes("citation_hmac", sealed.person.citation_hmac),
                        db::Param::BytesOrNull("email_hmac", sealed.person.email_hmac),
                        db::Param::BytesArray("older_key_hmacs", key.OlderHmacs()),
                        db::Param::Bytes("key_hmac", key.key_hmac),
                        db::Param::Bytes("digest", key.digest),
                        {"intake_id", appeal.intake_id},
                        {"draft_id", appeal.draft_id},
                        {"key_seconds", key.lifetime.count()},
                        {"city_id", appeal.city_id},
                        {"section_id", appeal.section_id},
                        db::Param::Bytes("data_key", sealed.data_key.bytes),
                        {"data_key_id", sealed.data_key.key_id},
                        db::Param::Bytes("person", sealed.person.person),
                        {"lookup_key_id", sealed.person.lookup_key_id},
                        {"appeal_type", appeal.appeal_type},
                        db::Param::Bytes("submission", sealed.draft.submission),
                        db::Param::Bytes("sha256", sealed.draft.content_sha256)},
                       deadline);
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    return StoredAppeal{.intake_id = appeal.intake_id,
                        .draft_id = appeal.draft_id,
                        .content_sha256 = sealed.draft.content_sha256};
  }
  absl::StatusOr<std::optional<StoredAppeal>> repeated = FindRepeated(key, deadline);
  if (!repeated.ok()) return repeated.status();
  if (repeated->has_value()) return **std::move(repeated);
  if (absl::Status unpaid = CheckUnpaid(sealed.lookups, deadline); !unpaid.ok()) return unpaid;
  // The key's time was over between two statements, or the paid order was refunded; the caller may
  // simply ask again.
  return absl::UnavailableError("what stood in the way is gone");
}

absl::StatusOr<std::optional<StoredAppeal>> IntakeStore::FindRepeated(const RequestKey& key,
                                                                      db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kRepeated, {db::Param::BytesArray("key_hmacs", key.AllHmacs())}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  if (!key.HasDigest((*row)->Bytes(0), (*row)->Bytes(1))) return KeyReused();
  return StoredAppeal{.intake_id = (*row)->Text(2),
                      .draft_id = (*row)->Text(3),
                      .content_sha256 = (*row)->Bytes(4),
                      .token_version = (*row)->Int64(5),
                      .repeated = true};
}

absl::Status IntakeStore::CheckUnpaid(const Lookups& lookups, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kPaidBefore,
                       {db::Param::BytesArray("citation_hmacs", lookups.citation),
                        db::Param::BytesArray("email_hmacs", lookups.EmailsToMatch())},
                       deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::OkStatus();
  return rpc::WithIds(rpc::Error(absl::StatusCode::kAlreadyExists, "already_paid",
                                 "a letter about this citation was paid for already; confirm with "
                                 "allow_duplicate to send another one"),
                      {{"payment_id", (*row)->Text(0)},
                       {"intake_id", (*row)->Text(1)},
                       {"draft_id", (*row)->Text(2)}});
}

absl::StatusOr<std::optional<SubmissionRecord>> IntakeStore::FindSubmission(
    std::string_view draft_id, db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kSubmission, {{"draft_id", draft_id}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return SubmissionRecord{.intake_id = (*row)->Text(0),
                          .content_sha256 = (*row)->Bytes(2),
                          .data_key = ReadKey(**row, 3, 4),
                          .submission_sealed = BytesOrEmpty(**row, 1)};
}

absl::StatusOr<std::optional<PersonRecord>> IntakeStore::FindPerson(std::string_view intake_id,
                                                                    db::Deadline deadline) {
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kPerson, {{"intake_id", intake_id}}, deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return PersonRecord{.data_key = ReadKey(**row, 1, 2), .person_sealed = BytesOrEmpty(**row, 0)};
}

absl::Status IntakeStore::PutOrders(const std::vector<OrderNews>& news, db::Deadline deadline) {
  std::vector<std::string> intakes, payments, states, finals;
  std::vector<int64_t> versions;
  for (const OrderNews& one : news) {
    intakes.push_back(one.intake_id);
    payments.push_back(one.payment_id);
    versions.push_back(one.version);
    states.push_back(one.state);
    finals.push_back(one.final_at ? time::FormatRfc3339(*one.final_at) : "");
  }
  return database_
      .RunOne(sql::kPutOrders,
              {db::Param::Array("intakes", intakes), db::Param::Array("payments", payments),
               db::Param::Array("versions", versions), db::Param::Array("states", states),
               db::Param::Array("finals", finals)},
              deadline)
      .status();
}

absl::StatusOr<int> IntakeStore::ForgetRequests(db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows = database_.Run(sql::kForgetRequests, {}, deadline);
  if (!rows.ok()) return rows.status();
  return static_cast<int>(rows->size());
}

}  // namespace fsft::intake
