#include "services/intake/key_rotation.h"

#include <utility>

#include "services/intake/key_rotation_sql.h"
#include "services/intake/sealing.h"
#include "services/intake/support.h"
#include "services/intake/support_sql.h"

namespace fsft::intake {

namespace {

using crypto::Purpose;
using fightsftickets::intake::v1::Person;

absl::StatusOr<crypto::WrappedKey> RewrapIntakeKey(std::string_view intake_id,
                                                   const crypto::WrappedKey& wrapped,
                                                   const crypto::KeyRing& ring) {
  absl::StatusOr<crypto::DataKey> key = OpenIntakeKey(wrapped, intake_id, ring);
  if (!key.ok()) return key.status();
  return WrapIntakeKey(*key, intake_id, ring);
}

// From the sealed person: a hash cannot be turned into another one.
absl::StatusOr<size_t> Rehash(db::Transaction& transaction, const db::Rows& found,
                              const crypto::KeyRing& ring) {
  std::vector<std::string> ids, citations, emails;
  for (const db::Row& row : found) {
    absl::StatusOr<Person> person =
        OpenPerson(row.Bytes(3), row.Text(0), {.key_id = row.Text(2), .bytes = row.Bytes(1)}, ring);
    if (!person.ok()) continue;
    Lookups lookups = LookupsOf(*person, ring);
    ids.push_back(row.Text(0));
    citations.push_back(lookups.citation.empty() ? "" : std::move(lookups.citation.front()));
    emails.push_back(lookups.email.empty() ? "" : std::move(lookups.email.front()));
  }
  const absl::Status stored =
      transaction
          .Run(sql::kRehash, {db::Param::Array("ids", ids),
                              db::Param::BytesArray("citation_hmacs", citations),
                              db::Param::BytesArray("email_hmacs", emails),
                              {"key_id", ring.Current(Purpose::kLookup).id}})
          .status();
  if (!stored.ok()) return stored;
  return ids.size();
}

}  // namespace

std::vector<rotation::Rows> RowsUnderKeys() {
  return {
      rotation::WrappedRows("intakes", sql::kOldWraps, sql::kFindWrapped, sql::kRewrap,
                            RewrapIntakeKey),
      rotation::WrappedRows("support_requests", sql::kOldQuestionWraps, sql::kFindWrappedQuestions,
                            sql::kRewrapQuestions, RewrapQuestionKey),
      {.name = "intakes",
       .purpose = Purpose::kLookup,
       .remaining = &sql::kOldHashes,
       .find = &sql::kFindHashed,
       .renew = Rehash},
      {.name = "request_keys", .purpose = Purpose::kLookup, .remaining = &sql::kOldRequests}};
}

}  // namespace fsft::intake
