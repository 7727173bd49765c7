#include "shared/metrics/webhook_failures.h"

namespace fsft::metrics {

WebhookFailures::WebhookFailures(Registry& registry, const std::string& name,
                                 const std::string& help) {
  for (const char* reason : {"invalid_signature", "malformed_event", "not_stored"})
    counters_[reason] = &registry.AddCounter(name, help, {{"reason", reason}});
}

void WebhookFailures::Add(std::string_view reason, time::TimePoint now) {
  recent_.Add(now);
  const auto counter = counters_.find(reason);
  (counter != counters_.end() ? counter : counters_.find("not_stored"))->second->Add();
}

}  // namespace fsft::metrics
