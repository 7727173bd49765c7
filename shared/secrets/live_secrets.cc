#include "shared/secrets/live_secrets.h"

#include <utility>

#include "absl/status/statusor.h"
#include "shared/logging/logging.h"

namespace fsft::secrets {

LiveSecrets::LiveSecrets(const config::Config& config, metrics::Registry& registry, Options options)
    : options_(std::move(options)),
      failures_(registry.AddCounter("secret_file_failures_total",
                                    "Changed files of secrets that could not be used",
                                    {{"variable", options_.variable}})),
      stale_(
          registry.AddGauge("secret_file_stale",
                            "1 while a file of secrets cannot be used and older ones are in force",
                            {{"variable", options_.variable}})),
      secrets_(options_.pick(config)) {
  const auto path = config.secret_files.find(options_.variable);
  if (path == config.secret_files.end()) return;
  // Its first look finds it changed: what happened since the configuration was read must not be
  // missed.
  file_.emplace(path->second);
}

std::vector<config::Secret> LiveSecrets::Current() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!file_ || now < next_look_) return secrets_;
  next_look_ = now + options_.look_every;
  if (file_->Changed()) Tell(Read());
  return secrets_;
}

// The same rules as at the start, because it is the same code that reads it.
absl::Status LiveSecrets::Read() {
  const absl::StatusOr<config::Config> changed =
      config::Load({options_.variable + "_FILE=" + file_->path()});
  if (!changed.ok()) return changed.status();
  if (options_.check) {
    if (absl::Status status = options_.check(*changed); !status.ok()) return status;
  }
  secrets_ = options_.pick(*changed);
  return absl::OkStatus();
}

void LiveSecrets::Tell(const absl::Status& status) {
  stale_.Set(status.ok() ? 0 : 1);
  std::string problem(status.message());
  if (status.ok()) {
    logging::Info("a file of secrets was read", {{"variable", options_.variable}});
  } else if (problem != problem_) {
    failures_.Add();
    logging::Error("a file of secrets cannot be used; the last good ones stay in force",
                   {{"variable", options_.variable}, {"reason", problem}});
  }
  problem_ = std::move(problem);
}

}  // namespace fsft::secrets
