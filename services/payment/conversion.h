#pragma once

#include "shared/metrics/metrics.h"

namespace fsft::payment {

// orders_total{stage}: how many orders have come as far as "checkout", "paid" and "mailed", each
// counted where the step is committed. Their ratio is how many of those who want a letter get one.
inline metrics::Counter& CountOfOrders(metrics::Registry& registry, const char* stage) {
  return registry.AddCounter("orders_total", "Orders that have come to a stage.",
                             {{"stage", stage}});
}

}  // namespace fsft::payment
