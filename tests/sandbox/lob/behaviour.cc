#include "tests/sandbox/lob/behaviour.h"

namespace fsft::sandbox::lob {

Json Describe(const Behaviour& behaviour) {
  return {{"list_lag_seconds", behaviour.list_lag.count()},
          {"parallel_same_key", behaviour.parallel_same_key},
          {"refuse_cancel", behaviour.refuse_cancel},
          {"fail_next", behaviour.fail_next},
          {"late_tracking_numbers", behaviour.late_tracking_numbers}};
}

Behaviour Changed(Behaviour now, const Json& changes) {
  now.list_lag = std::chrono::seconds(changes.value("list_lag_seconds", now.list_lag.count()));
  now.parallel_same_key = changes.value("parallel_same_key", now.parallel_same_key);
  now.refuse_cancel = changes.value("refuse_cancel", now.refuse_cancel);
  now.fail_next = changes.value("fail_next", now.fail_next);
  now.late_tracking_numbers = changes.value("late_tracking_numbers", now.late_tracking_numbers);
  return now;
}

}  // namespace fsft::sandbox::lob
