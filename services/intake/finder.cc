#include "services/intake/finder.h"

#include "absl/strings/ascii.h"
#include "services/intake/field_checks.h"
#include "services/intake/finder_sql.h"
#include "services/intake/registry.h"
#include "services/intake/sealing.h"
#include "services/intake/text.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::FoundIntake;
using fightsftickets::intake::v1::LookUpRequest;
using fightsftickets::intake::v1::LookUpResponse;
using fightsftickets::intake::v1::SearchResponse;

FoundIntake ReadFound(const db::Row& row) {
  FoundIntake found;
  found.set_intake_id(row.Text(0));
  found.set_state(row.Text(1));
  found.set_city_id(row.TextOr(2));
  found.set_section_id(row.TextOr(3));
  found.set_payment_id(row.TextOr(4));
  words::ToProto(row.Time(5), *found.mutable_created_at());
  if (!row.IsNull(6)) words::ToProto(row.Time(6), *found.mutable_submitted_at());
  if (!row.IsNull(7)) words::ToProto(row.Time(7), *found.mutable_paid_at());
  found.set_erased(row.Bool(8));
  return found;
}

std::vector<std::string> HmacsOf(const crypto::KeyRing& keys, std::string_view what,
                                 const std::string& value) {
  if (value.empty()) return {};
  return LookupHmacs(keys, what, value);
}

}  // namespace

absl::StatusOr<LookUpResponse> Finder::LookUp(const LookUpRequest& request, db::Deadline deadline) {
  FieldChecks checks;
  std::string email(Trim(request.email()));
  std::string number = request.citation_number();
  if (email.empty()) checks.Add("email", "required", "must not be empty");
  checks.Email("email", email);
  checks.Text("citation_number", number, 3, 20);
  if (absl::Status status = checks.ToStatus(); !status.ok()) return status;

  const auto keys = keys_.Current();
  absl::StatusOr<std::optional<db::Row>> row = database_.RunOne(
      sql::kLookUp,
      {db::Param::BytesArray("citation_hmacs",
                             LookupHmacs(*keys, "citation", NormalizeCitation(number))),
       db::Param::BytesArray("email_hmacs",
                             LookupHmacs(*keys, "email", absl::AsciiStrToLower(email)))},
      deadline);
  if (!row.ok()) return row.status();
  LookUpResponse response;
  response.set_intake_id(row->has_value() ? (*row)->Text(0)
                                          : ids::NewUuidV7(std::chrono::system_clock::now()));
  return response;
}

absl::StatusOr<SearchResponse> Finder::Search(std::string_view query, db::Deadline deadline) {
  std::string wanted(query);
  FieldChecks checks;
  checks.Text("q", wanted, 3, 254);
  if (absl::Status status = checks.ToStatus(); !status.ok()) return status;
  absl::StatusOr<db::Rows> rows;
  if (ids::IsUuid(wanted)) {
    rows = database_.Run(sql::kSearchById, {{"id", wanted}}, deadline);
  } else {
    const bool email = wanted.find('@') != std::string::npos;
    const auto keys = keys_.Current();
    rows = database_.Run(
        sql::kSearchByHmac,
        {db::Param::BytesArray("citation_hmacs",
                               HmacsOf(*keys, "citation", email ? "" : NormalizeCitation(wanted))),
         db::Param::BytesArray(
             "email_hmacs", HmacsOf(*keys, "email", email ? absl::AsciiStrToLower(wanted) : ""))},
        deadline);
  }
  if (!rows.ok()) return rows.status();
  SearchResponse response;
  for (const db::Row& row : *rows) *response.add_intakes() = ReadFound(row);
  return response;
}

}  // namespace fsft::intake
