#include "services/intake/support.h"

#include <utility>

#include "services/intake/field_checks.h"
#include "services/intake/intake_store.h"
#include "services/intake/request_key.h"
#include "services/intake/support_sql.h"
#include "services/intake/text.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/proto_time.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::ListSupportRequestsRequest;
using fightsftickets::intake::v1::ListSupportRequestsResponse;
using fightsftickets::intake::v1::OpenSupportRequestRequest;
using fightsftickets::intake::v1::OpenSupportRequestResponse;
using fightsftickets::intake::v1::SupportRequest;

constexpr size_t kLongestMessage = 5000;
constexpr int kLongestPage = 100;

std::string KeyContext(std::string_view support_id) { return "support:" + std::string(support_id); }

crypto::SealContext TextContext(std::string_view support_id) {
  return {.table = "intake.support_requests", .column = "text_sealed", .id = support_id};
}

// What is sealed: the message and the address of the contract, nothing else.
absl::StatusOr<SupportRequest> Checked(const OpenSupportRequestRequest& request) {
  SupportRequest question;
  FieldChecks checks;
  std::string message = request.message();
  checks.Text("message", message, 1, kLongestMessage, /*lines=*/true);
  std::string email = request.email();
  checks.Email("email", email);
  if (!request.payment_id().empty() && !ids::IsUuid(request.payment_id()))
    checks.Add("payment_id", "invalid", "must be an order's id");
  if (absl::Status status = checks.ToStatus(); !status.ok()) return status;
  question.set_message(std::move(message));
  question.set_email(std::move(email));
  return question;
}

// Nothing where the row was erased, or its key is not in the ring.
std::optional<SupportRequest> OpenText(const db::Row& row, const crypto::KeyRing& ring) {
  if (row.IsNull(3)) return std::nullopt;
  const std::string& id = row.Text(0);
  const auto key =
      crypto::DataKey::Unwrap(ring, {.key_id = row.Text(4), .bytes = row.Bytes(3)}, KeyContext(id));
  if (!key.ok()) return std::nullopt;
  const auto text = key->Open(row.Bytes(5), TextContext(id));
  SupportRequest question;
  if (!text.ok() || !question.ParseFromString(*text)) return std::nullopt;
  return question;
}

SupportRequest ReadQuestion(const db::Row& row, const crypto::KeyRing& ring) {
  SupportRequest question = OpenText(row, ring).value_or(SupportRequest());
  question.set_support_id(row.Text(0));
  words::ToProto(row.Time(1), *question.mutable_created_at());
  question.set_payment_id(row.TextOr(2));
  return question;
}

struct Place {
  std::string time = "infinity";
  std::string id = "ffffffff-ffff-ffff-ffff-ffffffffffff";
};

// A cursor is where the page before ended: "<time> <id>".
absl::StatusOr<Place> PlaceOf(const std::string& cursor) {
  if (cursor.empty()) return Place{};
  const size_t space = cursor.find(' ');
  Place place{.time = cursor.substr(0, space),
              .id = space == std::string::npos ? "" : cursor.substr(space + 1)};
  if (!time::ParseRfc3339(place.time).ok() || !ids::IsUuid(place.id))
    return rpc::InvalidFields({rpc::Violation("cursor", "invalid", "must be a next_cursor")});
  return place;
}

}  // namespace

Support::Support(db::Database& database, crypto::KeySource& keys, metrics::Registry& registry,
                 const time::Clock& clock)
    : database_(database),
      keys_(keys),
      opened_(registry.AddCounter("support_requests_total", "Questions that customers asked")),
      clock_(clock) {}

absl::StatusOr<OpenSupportRequestResponse> Support::Open(const OpenSupportRequestRequest& request,
                                                         db::Deadline deadline) {
  const std::shared_ptr<const crypto::KeyRing> ring = keys_.Current();
  absl::StatusOr<RequestKey> key =
      RequestKeyOf(*ring, "open_support_request", request.request_key().idempotency_key(),
                   request.request_key().request_digest());
  if (!key.ok()) return key.status();
  absl::StatusOr<SupportRequest> question = Checked(request);
  if (!question.ok()) return question.status();

  OpenSupportRequestResponse response;
  response.set_support_id(ids::NewUuidV7(clock_.Now()));
  const crypto::DataKey data_key = crypto::DataKey::New();
  const crypto::WrappedKey wrapped = data_key.Wrap(*ring, KeyContext(response.support_id()));
  const std::string sealed =
      data_key.Seal(question->SerializeAsString(), TextContext(response.support_id()));
  absl::StatusOr<std::optional<db::Row>> row =
      database_.RunOne(sql::kAsk,
                       {db::Param::Bytes("key_hmac", key->key_hmac),
                        db::Param::Bytes("digest", key->digest),
                        {"lookup_key_id", key->lookup_key_id},
                        {"support_id", response.support_id()},
                        {"key_seconds", key->lifetime.count()},
                        db::Param::BytesArray("older_key_hmacs", key->OlderHmacs()),
                        db::Param::TextOrNull("payment_id", request.payment_id()),
                        db::Param::Bytes("data_key", wrapped.bytes),
                        {"data_key_id", wrapped.key_id},
                        db::Param::Bytes("text", sealed)},
                       deadline);
  if (!row.ok()) return row.status();
  if (row->has_value()) {
    opened_.Add();
    return response;
  }
  row = database_.RunOne(sql::kAskedBefore, {db::Param::BytesArray("key_hmacs", key->AllHmacs())},
                         deadline);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::UnavailableError("what stood in the way is gone");
  if (!key->HasDigest((*row)->Bytes(0), (*row)->Bytes(1))) return KeyReused();
  response.set_support_id((*row)->Text(2));
  response.set_repeated_request(true);
  return response;
}

absl::StatusOr<ListSupportRequestsResponse> Support::List(const ListSupportRequestsRequest& request,
                                                          db::Deadline deadline) {
  if (request.limit() < 1 || request.limit() > kLongestPage)
    return rpc::InvalidFields({rpc::Violation("limit", "out_of_range", "must be 1 to 100")});
  absl::StatusOr<Place> place = PlaceOf(request.cursor());
  if (!place.ok()) return place.status();
  absl::StatusOr<db::Rows> rows = database_.Run(
      sql::kQuestions,
      {{"before_time", place->time}, {"before_id", place->id}, {"limit", request.limit()}},
      deadline);
  if (!rows.ok()) return rows.status();
  const std::shared_ptr<const crypto::KeyRing> ring = keys_.Current();
  ListSupportRequestsResponse response;
  for (const db::Row& row : *rows) *response.add_requests() = ReadQuestion(row, *ring);
  if (static_cast<int>(rows->size()) == request.limit()) {
    response.set_next_cursor(time::FormatRfc3339(rows->back().Time(1)) + " " +
                             rows->back().Text(0));
  }
  return response;
}

absl::StatusOr<crypto::WrappedKey> RewrapQuestionKey(std::string_view support_id,
                                                     const crypto::WrappedKey& wrapped,
                                                     const crypto::KeyRing& ring) {
  absl::StatusOr<crypto::DataKey> key =
      crypto::DataKey::Unwrap(ring, wrapped, KeyContext(support_id));
  if (!key.ok()) return key.status();
  return key->Wrap(ring, KeyContext(support_id));
}

}  // namespace fsft::intake
