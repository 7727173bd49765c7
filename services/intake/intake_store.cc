#include "services/intake/intake_store.h"

#include <unordered_set>

#include "services/intake/intake_sql.h"
#include "shared/db/errors.h"
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

// The parameters of sql::kSubmit, appeal by appeal; and those of what an appeal may be known by, of
// which it may have several.
struct Columns {
  void Add(const NewAppeal& appeal, const RequestKey& key) {
    const SealedAppeal& sealed = appeal.sealed;
    intake_ids.push_back(appeal.intake_id);
    draft_ids.push_back(appeal.draft_id);
    key_hmacs.push_back(key.key_hmac);
    digests.push_back(key.digest);
    lookup_key_ids.push_back(sealed.person.lookup_key_id);
    key_seconds.push_back(key.lifetime.count());
    allow_duplicates.emplace_back(appeal.allow_duplicate ? "true" : "false");
    city_ids.push_back(appeal.city_id);
    section_ids.push_back(appeal.section_id);
    data_keys.push_back(sealed.data_key.bytes);
    data_key_ids.push_back(sealed.data_key.key_id);
    persons.push_back(sealed.person.person);
    citation_hmacs.push_back(sealed.person.citation_hmac);
    email_hmacs.push_back(sealed.person.email_hmac);
    appeal_types.push_back(appeal.appeal_type);
    submissions.push_back(sealed.draft.submission);
    sha256s.push_back(sealed.draft.content_sha256);
    AddKnownAs(appeal.draft_id, sealed.lookups, key);
  }

  std::vector<std::string> intake_ids, draft_ids, key_hmacs, digests, lookup_key_ids,
      allow_duplicates, city_ids, section_ids, data_keys, data_key_ids, persons, citation_hmacs,
      email_hmacs, appeal_types, submissions, sha256s;
  std::vector<int64_t> key_seconds;
  std::vector<std::string> same_drafts, same_citations, same_emails;
  std::vector<std::string> older_drafts, older_key_hmacs;

 private:
  void AddKnownAs(const std::string& draft_id, const Lookups& lookups, const RequestKey& key) {
    for (const std::string& citation : lookups.citation) {
      for (const std::string& email : lookups.EmailsToMatch()) {
        same_drafts.push_back(draft_id);
        same_citations.push_back(citation);
        same_emails.push_back(email);
      }
    }
    for (const std::string& older : key.OlderHmacs()) {
      older_drafts.push_back(draft_id);
      older_key_hmacs.push_back(older);
    }
  }
};

StoredAppeal AsStored(const NewAppeal& appeal) {
  return {.intake_id = appeal.intake_id,
          .draft_id = appeal.draft_id,
          .content_sha256 = appeal.sealed.draft.content_sha256};
}

}  // namespace

IntakeStore::IntakeStore(db::Database& database)
    : database_(database),
      submitting_({.at_once = 1, .may_be_of_one = db::MayBeOfOne},
                  [this](auto appeals, auto deadline) { return SubmitAll(appeals, deadline); }) {}

absl::StatusOr<std::vector<AuthorityRow>> IntakeStore::LoadRegistry(db::Deadline deadline) {
  absl::StatusOr<db::Rows> rows = database_.Run(sql::kRegistry, {}, deadline);
  if (!rows.ok()) return rows.status();
  std::vector<AuthorityRow> authorities;
  for (const db::Row& row : *rows) authorities.push_back(ReadAuthority(row));
  return authorities;
}

absl::StatusOr<StoredAppeal> IntakeStore::Submit(const NewAppeal& appeal, const RequestKey& key,
                                                 db::Deadline deadline) {
  absl::StatusOr<Submitted> submitted = submitting_.Call({appeal, key}, deadline);
  if (submitted.ok() && *submitted == Submitted::kTwin) {
    submitted = SubmitOne({appeal, key}, deadline);
  }
  if (!submitted.ok()) return submitted.status();
  if (*submitted == Submitted::kNew) return AsStored(appeal);
  absl::StatusOr<std::optional<StoredAppeal>> repeated = FindRepeated(key, deadline);
  if (!repeated.ok()) return repeated.status();
  if (repeated->has_value()) return **std::move(repeated);
  const absl::Status unpaid = CheckUnpaid(appeal.sealed.lookups, deadline);
  if (!unpaid.ok()) return unpaid;
  // The key's time was over between two statements, or the paid order was refunded; the caller may
  // simply ask again.
  return absl::UnavailableError("what stood in the way is gone");
}

absl::StatusOr<std::vector<std::optional<StoredAppeal>>> IntakeStore::SubmitTogether(
    std::span<const KeyedAppeal> appeals, db::Deadline deadline) {
  std::vector<std::optional<StoredAppeal>> stored(appeals.size());
  if (appeals.empty()) return stored;
  std::vector<const KeyedAppeal*> together;
  for (const KeyedAppeal& appeal : appeals) together.push_back(&appeal);
  const auto submitted = SubmitAll(together, deadline);
  if (db::MayBeOfOne(submitted.status())) return stored;
  if (!submitted.ok()) return submitted.status();
  for (size_t i = 0; i < appeals.size(); ++i) {
    if ((*submitted)[i] == Submitted::kNew) stored[i] = AsStored(appeals[i].appeal);
  }
  return stored;
}

absl::StatusOr<std::vector<IntakeStore::Submitted>> IntakeStore::SubmitAll(
    std::span<const KeyedAppeal* const> appeals, db::Deadline deadline) {
  Columns columns;
  std::unordered_set<std::string_view> keys;
  // A statement cannot take a key twice.
  std::vector<bool> is_twin;
  for (const KeyedAppeal* appeal : appeals) {
    is_twin.push_back(!keys.insert(appeal->key.key_hmac).second);
    if (!is_twin.back()) columns.Add(appeal->appeal, appeal->key);
  }
  absl::StatusOr<db::Rows> rows =
      database_.Run(sql::kSubmit,
                    {db::Param::Array("intake_ids", columns.intake_ids),
                     db::Param::Array("draft_ids", columns.draft_ids),
                     db::Param::BytesArray("key_hmacs", columns.key_hmacs),
                     db::Param::BytesArray("digests", columns.digests),
                     db::Param::Array("lookup_key_ids", columns.lookup_key_ids),
                     db::Param::Array("key_seconds", columns.key_seconds),
                     db::Param::Array("allow_duplicates", columns.allow_duplicates),
                     db::Param::Array("city_ids", columns.city_ids),
                     db::Param::Array("section_ids", columns.section_ids),
                     db::Param::BytesArray("data_keys", columns.data_keys),
                     db::Param::Array("data_key_ids", columns.data_key_ids),
                     db::Param::BytesArray("persons", columns.persons),
                     db::Param::BytesArray("citation_hmacs", columns.citation_hmacs),
                     db::Param::BytesArray("email_hmacs", columns.email_hmacs),
                     db::Param::Array("appeal_types", columns.appeal_types),
                     db::Param::BytesArray("submissions", columns.submissions),
                     db::Param::BytesArray("sha256s", columns.sha256s),
                     db::Param::Array("same_drafts", columns.same_drafts),
                     db::Param::BytesArray("same_citations", columns.same_citations),
                     db::Param::BytesArray("same_emails", columns.same_emails),
                     db::Param::Array("older_drafts", columns.older_drafts),
                     db::Param::BytesArray("older_key_hmacs", columns.older_key_hmacs)},
                    deadline);
  if (!rows.ok()) return rows.status();
  std::unordered_set<std::string> stored;
  for (const db::Row& row : *rows) stored.insert(row.Text(0));
  std::vector<Submitted> submitted;
  for (size_t i = 0; i < appeals.size(); ++i) {
    const bool is_new = stored.contains(appeals[i]->appeal.draft_id);
    submitted.push_back(is_twin[i] ? Submitted::kTwin
                        : is_new   ? Submitted::kNew
                                   : Submitted::kKnown);
  }
  return submitted;
}

absl::StatusOr<IntakeStore::Submitted> IntakeStore::SubmitOne(const KeyedAppeal& appeal,
                                                              db::Deadline deadline) {
  const KeyedAppeal* const appeals[] = {&appeal};
  const auto submitted = SubmitAll(appeals, deadline);
  if (!submitted.ok()) return submitted.status();
  return submitted->front();
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
