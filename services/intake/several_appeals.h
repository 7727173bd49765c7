#pragma once

#include "absl/status/status.h"
#include "fightsftickets/intake/v1/intake.pb.h"
#include "services/intake/step_checkout.h"
#include "services/intake/submitter.h"
#include "shared/crypto/key_ring.h"
#include "shared/rpc/deadline.h"

namespace fsft::intake {

// The answer about an appeal that came whole.
FrozenAppeal AnswerTo(const fightsftickets::intake::v1::SubmitAppealRequest& request,
                      StoredAppeal stored);

void ToMessage(const FrozenAppeal& appeal, const crypto::KeyRing& keys,
               fightsftickets::intake::v1::SubmitAppealResponse& message);

// IntakeService.SubmitAppeals.
absl::Status SubmitSeveral(Submitter& submitter, const crypto::KeyRing& keys,
                           const fightsftickets::intake::v1::SubmitAppealsRequest& request,
                           rpc::Deadline deadline,
                           fightsftickets::intake::v1::SubmitAppealsResponse& response);

}  // namespace fsft::intake
