// What operators do when Stripe knows more than we.
#include "gateway/handlers.h"
#include "gateway/json_response.h"

namespace fsft::gateway {

absl::StatusOr<http::Response> Reconcile(const Services& services, const Call& call) {
  payment::ReconcileRequest request;
  request.set_actor(std::string(call.operator_name));
  const auto report = services.backend.Reconcile(request, call.deadline);
  if (!report.ok()) return report.status();
  return JsonResponse({{"payments_checked", report->payments_checked()},
                       {"payments_paid", report->payments_paid()},
                       {"payments_ended", report->payments_ended()},
                       {"sessions_found", report->sessions_found()},
                       {"events_read", report->events_read()},
                       {"events_applied", report->events_applied()},
                       {"unmatched_events_left", report->unmatched_events_left()},
                       {"more", report->more()}});
}

}  // namespace fsft::gateway
