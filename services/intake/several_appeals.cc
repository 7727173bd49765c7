#include "services/intake/several_appeals.h"

#include <utility>
#include <vector>

#include "services/intake/access_token.h"
#include "services/intake/appeal.h"
#include "shared/rpc/status.h"
#include "shared/words/words.h"

namespace fsft::intake {

namespace {

using fightsftickets::common::v1::AppealType;
using fightsftickets::intake::v1::SubmitAppealRequest;
using fightsftickets::intake::v1::SubmitAppealResponse;
using fightsftickets::intake::v1::SubmitAppealsRequest;
using fightsftickets::intake::v1::SubmitAppealsResponse;
using fightsftickets::intake::v1::SubmittedAppeal;

constexpr int kMost = 100;

// Nothing that belongs to an intake is named.
bool ComesWhole(const SubmitAppealRequest& request) {
  return request.intake_id().empty() && request.draft_id().empty() &&
         request.access_token().empty();
}

}  // namespace

FrozenAppeal AnswerTo(const SubmitAppealRequest& request, StoredAppeal stored) {
  // The same request has the same citation and type, so a repeat need not read them.
  return {.stored = std::move(stored),
          .citation_number = CitationNumberOf(request),
          .appeal_type = words::WordOf(request.appeal_type())};
}

void ToMessage(const FrozenAppeal& appeal, const crypto::KeyRing& keys,
               SubmitAppealResponse& message) {
  const StoredAppeal& stored = appeal.stored;
  message.set_intake_id(stored.intake_id);
  message.set_draft_id(stored.draft_id);
  message.set_access_token(AccessToken(keys, stored.intake_id, stored.token_version));
  message.set_content_sha256(stored.content_sha256);
  message.set_repeated_request(stored.repeated);
  message.set_citation_number(appeal.citation_number);
  message.set_appeal_type(words::EnumOf<AppealType>(appeal.appeal_type));
}

absl::Status SubmitSeveral(Submitter& submitter, const crypto::KeyRing& keys,
                           const SubmitAppealsRequest& request, rpc::Deadline deadline,
                           SubmitAppealsResponse& response) {
  if (request.appeals_size() > kMost) {
    return rpc::InvalidFields({rpc::Violation("appeals", "too_many", "must be 100 at most")});
  }
  std::vector<const SubmitAppealRequest*> whole;
  std::vector<SubmittedAppeal*> answers;
  for (const SubmitAppealRequest& appeal : request.appeals()) {
    SubmittedAppeal* const answer = response.add_appeals();
    if (!ComesWhole(appeal)) continue;
    whole.push_back(&appeal);
    answers.push_back(answer);
  }
  const auto stored = submitter.SubmitTogether(whole, deadline);
  if (!stored.ok()) return stored.status();
  for (size_t i = 0; i < whole.size(); ++i) {
    if (!(*stored)[i]) continue;
    ToMessage(AnswerTo(*whole[i], *(*stored)[i]), keys, *answers[i]->mutable_stored());
  }
  return absl::OkStatus();
}

}  // namespace fsft::intake
