#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/intake/request_key.h"
#include "services/intake/working_copy.h"
#include "shared/crypto/envelope.h"
#include "shared/db/database.h"

namespace fsft::intake {

inline constexpr int64_t kMaxExhibits = 5;

struct NewExhibit {
  std::string exhibit_id{};
  std::string intake_id{};
  std::string image_sealed{};
  // Empty without a caption.
  std::string caption_sealed{};
  // Of the clear JPEG.
  std::string sha256{};
  int64_t byte_count = 0;
  int64_t width = 0;
  int64_t height = 0;
};

// An exhibit that is stored, without its image.
struct ExhibitRecord {
  std::string exhibit_id{};
  // 1 to kMaxExhibits.
  int64_t position = 0;
  int64_t width = 0;
  int64_t height = 0;
  std::string sha256{};
  std::string caption_sealed{};
};

struct ExhibitImage {
  std::string intake_id{};
  std::string image_sealed{};
  // Nothing once the intake is erased.
  std::optional<crypto::WrappedKey> data_key{};
};

// All SQL of exhibits. Thread-safe. Errors are those of shared/db/errors.h where nothing else is
// said. An exhibit that is stored changes its place at most.
class ExhibitStore {
 public:
  explicit ExhibitStore(db::Database& database) : database_(database) {}

  // The position it got; nothing when the request came before, or the intake takes no more: look
  // again.
  absl::StatusOr<std::optional<int64_t>> Add(const NewExhibit& exhibit, const RequestKey& key,
                                             db::Deadline deadline);
  // What the same request stored before, nothing when it is new; no hash and no caption.
  // INVALID_ARGUMENT "idempotency_key_reused" when the key came with another digest.
  absl::StatusOr<std::optional<ExhibitRecord>> FindAdded(const RequestKey& key,
                                                         db::Deadline deadline);
  // False when the exhibit is none of the intake's, or was removed before, or when the intake is not
  // as `copy` says any more: look again.
  absl::StatusOr<bool> Remove(const WorkingCopy& copy, std::string_view exhibit_id,
                              db::Deadline deadline);
  // Whether an exhibit of this intake was removed; nothing when there never was such a one.
  absl::StatusOr<std::optional<bool>> IsRemoved(std::string_view intake_id,
                                                std::string_view exhibit_id, db::Deadline deadline);
  // Those that are not removed, by position.
  absl::StatusOr<std::vector<ExhibitRecord>> List(std::string_view intake_id,
                                                  db::Deadline deadline);
  absl::StatusOr<std::optional<ExhibitImage>> FindImage(std::string_view exhibit_id,
                                                        db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::intake
