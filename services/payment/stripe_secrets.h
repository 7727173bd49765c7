#pragma once

#include <vector>

#include "shared/config/config.h"
#include "shared/metrics/metrics.h"
#include "shared/secrets/live_secrets.h"

namespace fsft::payment {

// Our keys at Stripe, which may be replaced while we run where they were given as files.
// Thread-safe.
class StripeSecrets {
 public:
  // `registry` outlives it.
  StripeSecrets(const config::Config& config, metrics::Registry& registry,
                std::chrono::steady_clock::duration look_every = std::chrono::seconds(1));

  // A key of the other mode is not taken: half of our orders would be about real money.
  config::Secret ApiKey() { return api_key_.Current().front(); }
  std::vector<config::Secret> Webhooks() { return webhooks_.Current(); }

 private:
  secrets::LiveSecrets api_key_;
  secrets::LiveSecrets webhooks_;
};

}  // namespace fsft::payment
