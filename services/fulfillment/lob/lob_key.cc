#include "services/fulfillment/lob/lob_key.h"

#include <vector>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"

namespace fsft::fulfillment {
namespace {

secrets::LiveSecrets::Options KeyOptions(bool livemode,
                                         std::chrono::steady_clock::duration look_every) {
  return {.variable = "FSFT_LOB_API_KEY",
          .pick = [](const config::Config& config) -> std::vector<config::Secret> {
            return {config.lob_api_key};
          },
          .check =
              [livemode](const config::Config& changed) {
                if (changed.LobLivemode() == livemode) return absl::OkStatus();
                return absl::InvalidArgumentError("the key is of the other mode, live or test");
              },
          .look_every = look_every};
}

}  // namespace

std::string KeyFingerprint(const config::Secret& key) {
  constexpr size_t kBytes = 8;
  return crypto::HexEncode(crypto::Sha256(key.Reveal()).substr(0, kBytes));
}

LobKey::LobKey(const config::Config& config, metrics::Registry& registry,
               std::chrono::steady_clock::duration look_every)
    : livemode_(config.LobLivemode()), key_(config, registry, KeyOptions(livemode_, look_every)) {}

}  // namespace fsft::fulfillment
