#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "shared/crypto/key_ring.h"
#include "shared/files/watched_file.h"

namespace fsft::metrics {
class Counter;
class Gauge;
class Registry;
}  // namespace fsft::metrics

namespace fsft::crypto {

// Where whoever needs keys gets the ring of this moment. One piece of work takes it once, so that
// it does not see two rings.
class KeySource {
 public:
  virtual ~KeySource() = default;
  virtual std::shared_ptr<const KeyRing> Current() = 0;
};

// A ring that never changes.
class FixedKeys final : public KeySource {
 public:
  explicit FixedKeys(std::shared_ptr<const KeyRing> ring) : ring_(std::move(ring)) {}
  std::shared_ptr<const KeyRing> Current() override { return ring_; }

 private:
  const std::shared_ptr<const KeyRing> ring_;
};

// The ring in a file, read again when the file changes. Thread-safe. A file that is missing or
// malformed leaves the last good ring in force, because without keys no order could be taken: it is
// logged, counted, and shown by a metric until it is right again.
class KeyFile final : public KeySource {
 public:
  // How often the disk is looked at, at most; a change counts that much later.
  static constexpr std::chrono::seconds kLookEvery{1};

  // Reads it; a program does not start without a good ring. `registry` outlives it.
  static absl::StatusOr<std::unique_ptr<KeyFile>> Open(
      const std::string& path, metrics::Registry& registry,
      std::chrono::steady_clock::duration look_every = kLookEvery);

  std::shared_ptr<const KeyRing> Current() override;

 private:
  KeyFile(const std::string& path, metrics::Registry& registry,
          std::chrono::steady_clock::duration look_every);
  absl::Status Read();

  const std::chrono::steady_clock::duration look_every_;
  metrics::Counter& failures_;
  metrics::Gauge& stale_;
  std::mutex mutex_;
  files::WatchedFile file_;
  std::chrono::steady_clock::time_point next_look_;
  // The last thing that was wrong, so that a file that stays wrong is told of once.
  std::string problem_;
  std::shared_ptr<const KeyRing> ring_;
};

}  // namespace fsft::crypto
