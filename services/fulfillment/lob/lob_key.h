#pragma once

#include <chrono>
#include <string>

#include "shared/config/config.h"
#include "shared/metrics/metrics.h"
#include "shared/secrets/live_secrets.h"

namespace fsft::fulfillment {

// Tells one key of the printer from another, and gives neither away.
std::string KeyFingerprint(const config::Secret& key);

// Our key at Lob, which may be replaced while we run where it was given as a file. Thread-safe.
class LobKey {
 public:
  // `registry` outlives it.
  LobKey(const config::Config& config, metrics::Registry& registry,
         std::chrono::steady_clock::duration look_every = std::chrono::seconds(1));

  // A key of the other mode is not taken: test letters would be printed, or paid ones would not.
  config::Secret Current() { return key_.Current().front(); }
  std::string Fingerprint() { return KeyFingerprint(Current()); }
  // Whether letters are printed; so for as long as the program runs.
  bool livemode() const { return livemode_; }

 private:
  const bool livemode_;
  secrets::LiveSecrets key_;
};

}  // namespace fsft::fulfillment
