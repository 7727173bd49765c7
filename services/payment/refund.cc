#include "services/payment/refund.h"

namespace fsft::payment {

LetterVerdict VerdictOn(std::string_view letter, const DueRefund& refund) {
  if (letter == "sending" || letter == "cancelling") return LetterVerdict::kWait;
  if (letter == "outcome_unknown") {
    return refund.is_forced ? LetterVerdict::kMailed : LetterVerdict::kWait;
  }
  const bool is_mailed =
      letter == "mailed" || letter == "in_transit" || letter == "delivered" || letter == "returned";
  if (!is_mailed) return LetterVerdict::kHeld;
  const bool instead_of_it = refund.leaves_nothing && !refund.is_after_mailing && !refund.is_forced;
  return instead_of_it ? LetterVerdict::kTooLate : LetterVerdict::kMailed;
}

}  // namespace fsft::payment
