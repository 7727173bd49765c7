#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "shared/config/config.h"
#include "shared/config/secret.h"
#include "shared/files/watched_file.h"
#include "shared/metrics/metrics.h"

namespace fsft::secrets {

// The secrets of one variable at this moment: those that the program started with, or, where they
// were given as a file, those in the file, which is read again when it changes. Thread-safe. A file
// that is missing or not right leaves the last good secrets in force: it is logged, counted, and
// shown by a metric until it is right again.
class LiveSecrets {
 public:
  struct Options {
    std::string variable;  // "FSFT_STRIPE_SECRET_KEY"
    std::function<std::vector<config::Secret>(const config::Config&)> pick;
    // What a changed file must fulfil beside the variable's own rules. Its message is logged.
    std::function<absl::Status(const config::Config& changed)> check = {};
    // How often the disk is looked at, at most; a change counts that much later.
    std::chrono::steady_clock::duration look_every = std::chrono::seconds(1);
  };

  // `registry` outlives it.
  LiveSecrets(const config::Config& config, metrics::Registry& registry, Options options);

  std::vector<config::Secret> Current();

 private:
  absl::Status Read();
  void Tell(const absl::Status& status);

  const Options options_;
  metrics::Counter& failures_;
  metrics::Gauge& stale_;
  std::mutex mutex_;
  std::vector<config::Secret> secrets_;
  std::optional<files::WatchedFile> file_;
  std::chrono::steady_clock::time_point next_look_;
  // The last thing that was wrong, so that a file that stays wrong is told of once.
  std::string problem_;
};

}  // namespace fsft::secrets
