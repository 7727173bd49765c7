#include "services/payment/stripe_outage.h"

#include "shared/rpc/status.h"

namespace fsft::payment {

bool IsOutage(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsUnknown(status);
}

absl::Status ForOperator(const absl::Status& status) {
  if (!IsOutage(status) || rpc::IsForCallers(status)) return status;
  return rpc::Error(absl::StatusCode::kUnavailable, "stripe_unavailable",
                    "the payment provider does not answer; not everything was looked at");
}

absl::Status LeftInPeace(std::chrono::seconds retry_after) {
  return rpc::WithRetryAfter(rpc::Error(absl::StatusCode::kUnavailable, "stripe_busy",
                                        "the payment provider is left in peace for a moment"),
                             retry_after);
}

}  // namespace fsft::payment
