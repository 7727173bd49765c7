#include "shared/crypto/key_source.h"

#include "shared/logging/logging.h"
#include "shared/metrics/metrics.h"

namespace fsft::crypto {

absl::StatusOr<std::unique_ptr<KeyFile>> KeyFile::Open(
    const std::string& path, metrics::Registry& registry,
    std::chrono::steady_clock::duration look_every) {
  std::unique_ptr<KeyFile> file(new KeyFile(path, registry, look_every));
  const std::lock_guard lock(file->mutex_);
  file->file_.Changed();
  if (absl::Status status = file->Read(); !status.ok()) return status;
  return file;
}

KeyFile::KeyFile(const std::string& path, metrics::Registry& registry,
                 std::chrono::steady_clock::duration look_every)
    : look_every_(look_every),
      failures_(registry.AddCounter("key_ring_failures_total",
                                    "Changed key files that could not be used")),
      stale_(registry.AddGauge(
          "key_ring_stale", "1 while the key file cannot be used and an older ring is in force")),
      file_(path),
      next_look_(std::chrono::steady_clock::now() + look_every) {}

std::shared_ptr<const KeyRing> KeyFile::Current() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return ring_;
  next_look_ = now + look_every_;
  if (!file_.Changed()) return ring_;
  const absl::Status status = Read();
  std::string problem(status.message());
  stale_.Set(status.ok() ? 0 : 1);
  if (problem != problem_) {
    if (status.ok()) {
      logging::Info("the key file is right again");
    } else {
      failures_.Add();
      logging::Error("the key file cannot be used; the last good ring stays in force",
                     {{"reason", problem}});
    }
  }
  problem_ = std::move(problem);
  return ring_;
}

absl::Status KeyFile::Read() {
  absl::StatusOr<std::shared_ptr<const KeyRing>> ring = KeyRing::LoadFile(file_.path());
  if (!ring.ok()) return ring.status();
  ring_ = *std::move(ring);
  return absl::OkStatus();
}

}  // namespace fsft::crypto
