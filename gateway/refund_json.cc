#include "gateway/refund_json.h"

#include "gateway/order_json.h"
#include "shared/words/words.h"

namespace fsft::gateway {

nlohmann::ordered_json RefundJson(const fightsftickets::payment::v1::Refund& refund) {
  return {
      {"refund_id", refund.refund_id()},
      {"payment_id", refund.payment_id()},
      // Waiting for proof that the letter was not mailed is a state of its own to operators.
      {"status", refund.outcome_unknown() ? "held_outcome_unknown" : words::WordOf(refund.state())},
      {"amount_cents", refund.amount_cents()},
      {"currency", refund.currency()},
      {"reason", refund.reason()},
      {"origin", refund.origin()},
      {"after_mailing", refund.after_mailing()},
      {"failure", TextOrNull(refund.failure())},
      {"created_at", TimeOrNull(refund.has_created_at(), refund.created_at())},
      {"settled_at", TimeOrNull(refund.has_settled_at(), refund.settled_at())}};
}

}  // namespace fsft::gateway
