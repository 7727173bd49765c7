#include "services/intake/intake_handler.h"

#include "absl/strings/str_cat.h"
#include "services/intake/access_token.h"
#include "services/intake/appeal.h"
#include "services/intake/sealing.h"
#include "shared/crypto/encoding.h"
#include "shared/ids/uuid.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::intake::v1::GetIntakeRequest;
using fightsftickets::intake::v1::GetIntakeResponse;
using fightsftickets::intake::v1::IntakeService;
using fightsftickets::intake::v1::Person;
using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;
using fightsftickets::intake::v1::SubmitAppealResponse;

constexpr size_t kSha256Bytes = 32;
constexpr size_t kShortestKey = 16;
constexpr size_t kLongestKey = 255;
// A client that names its key says how long it may retry; without one, only a double click or a
// lost answer is caught.
constexpr std::chrono::seconds kNamedKeyLifetime = std::chrono::hours(24);
constexpr std::chrono::seconds kAutomaticKeyLifetime = std::chrono::minutes(15);

// The same answer for every intake that the caller may not see, existing or not.
absl::Status InvalidToken() {
  return rpc::Error(absl::StatusCode::kUnauthenticated, "invalid_token",
                    "the access token does not open this appeal");
}

}  // namespace

IntakeHandler::IntakeHandler(rpc::GuardEnvironment& guards, IntakeStore& store,
                             RegistryCache& registry, const crypto::KeyRing& keys,
                             const time::Clock& clock)
    : guard_(guards, IntakeService::service_full_name(), {"gateway"}),
      store_(store),
      registry_(registry),
      keys_(keys),
      clock_(clock) {}

grpc::Status IntakeHandler::SubmitAppeal(grpc::ServerContext* context,
                                         const SubmitAppealRequest* request,
                                         SubmitAppealResponse* response) {
  return guard_.Run(
      *context, "SubmitAppeal", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        absl::StatusOr<RequestKey> key = KeyOf(*request);
        if (!key.ok()) return key.status();
        auto registry = registry_.Get(call.deadline);
        if (!registry.ok()) return registry.status();
        const time::TimePoint now = clock_.Now();
        absl::StatusOr<Submission> submission = CheckAppeal(*request, **registry, now);
        if (!submission.ok()) return submission.status();

        NewAppeal appeal{.intake_id = ids::NewUuidV7(now),
                         .draft_id = ids::NewUuidV7(now),
                         .city_id = submission->citation().city_id(),
                         .section_id = submission->citation().section_id(),
                         .appeal_type = words::WordOf(submission->appeal_type())};
        appeal.sealed = SealAppeal(*submission, appeal.intake_id, appeal.draft_id, keys_);
        absl::StatusOr<StoredAppeal> stored = store_.Submit(appeal, *key, call.deadline);
        if (!stored.ok()) return stored.status();

        response->set_intake_id(stored->intake_id);
        response->set_draft_id(stored->draft_id);
        response->set_access_token(AccessToken(keys_, stored->intake_id, stored->token_version));
        response->set_content_sha256(stored->content_sha256);
        response->set_repeated_request(stored->repeated);
        // The same request has the same citation and type, so a repeat need not read them.
        response->set_citation_number(submission->citation().number());
        response->set_appeal_type(submission->appeal_type());
        return absl::OkStatus();
      });
}

absl::StatusOr<RequestKey> IntakeHandler::KeyOf(const SubmitAppealRequest& request) const {
  if (request.request_digest().size() != kSha256Bytes) {
    return rpc::InvalidFields({rpc::Violation("request_digest", "invalid", "must be 32 bytes")});
  }
  const std::string& name = request.idempotency_key();
  if (!name.empty() && (name.size() < kShortestKey || name.size() > kLongestKey)) {
    return rpc::InvalidFields(
        {rpc::Violation("Idempotency-Key", "invalid_length", "must have 16 to 255 characters")});
  }
  const bool automatic = name.empty();
  const std::string key = automatic
                              ? absl::StrCat("auto:", crypto::HexEncode(request.request_digest()))
                              : absl::StrCat("named:", name);
  return RequestKey{.key_hmac = LookupHmac(keys_, "submit_appeal", key),
                    .digest = request.request_digest(),
                    .lifetime = automatic ? kAutomaticKeyLifetime : kNamedKeyLifetime};
}

grpc::Status IntakeHandler::GetIntake(grpc::ServerContext* context, const GetIntakeRequest* request,
                                      GetIntakeResponse* response) {
  return guard_.Run(
      *context, "GetIntake", rpc::WorkClass::kDatabase,
      [&](const rpc::CallContext& call) -> absl::Status {
        absl::StatusOr<IntakeRecord> record = Authorize(*request, call.deadline);
        if (!record.ok()) return record.status();
        auto registry = registry_.Get(call.deadline);
        if (!registry.ok()) return registry.status();

        response->set_intake_id(request->intake_id());
        response->set_state(record->state);
        if (const Authority* authority = (*registry)->Find(record->city_id, record->section_id)) {
          response->set_agency_name(authority->agency.name());
        }
        // An erased intake still has its state, and nothing else.
        if (!record->data_key) return absl::OkStatus();
        absl::StatusOr<Person> person =
            OpenPerson(record->person_sealed, request->intake_id(), *record->data_key, keys_);
        if (!person.ok()) return person.status();
        *response->mutable_citation() = person->citation();
        return absl::OkStatus();
      });
}

absl::StatusOr<IntakeRecord> IntakeHandler::Authorize(const GetIntakeRequest& request,
                                                      rpc::Deadline deadline) {
  if (!ids::IsUuid(request.intake_id())) return InvalidToken();
  absl::StatusOr<std::optional<IntakeRecord>> record = store_.Find(request.intake_id(), deadline);
  if (!record.ok()) return record.status();
  const int64_t version = record->has_value() ? (*record)->token_version : 0;
  const bool fits = IsAccessToken(keys_, request.access_token(), request.intake_id(), version);
  if (!record->has_value() || !fits) return InvalidToken();
  return **std::move(record);
}

}  // namespace fsft::intake
