#include "services/payment/stripe_secrets.h"

namespace fsft::payment {

namespace {

using secrets::LiveSecrets;

LiveSecrets::Options ApiKeyOptions(bool livemode, std::chrono::steady_clock::duration look_every) {
  return {.variable = "FSFT_STRIPE_SECRET_KEY",
          .pick = [](const config::Config& config) -> std::vector<config::Secret> {
            return {config.stripe_secret_key};
          },
          .check =
              [livemode](const config::Config& changed) {
                if (changed.StripeLivemode() == livemode) return absl::OkStatus();
                return absl::InvalidArgumentError("the key is of the other mode, live or test");
              },
          .look_every = look_every};
}

LiveSecrets::Options WebhookOptions(std::chrono::steady_clock::duration look_every) {
  return {.variable = "FSFT_STRIPE_WEBHOOK_SECRETS",
          .pick = [](const config::Config& config) { return config.stripe_webhook_secrets; },
          .look_every = look_every};
}

}  // namespace

StripeSecrets::StripeSecrets(const config::Config& config, metrics::Registry& registry,
                             std::chrono::steady_clock::duration look_every)
    : api_key_(config, registry, ApiKeyOptions(config.StripeLivemode(), look_every)),
      webhooks_(config, registry, WebhookOptions(look_every)) {}

}  // namespace fsft::payment
