#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/intake/request_key.h"
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

// What decides whether an intake takes a photograph.
struct ExhibitRoom {
  std::string state{};
  int64_t token_version = 0;
  // Nothing once the intake is erased.
  std::optional<crypto::WrappedKey> data_key{};
  int64_t exhibit_count = 0;
  // Empty before payment has told of one.
  std::string payment_id{};
};

struct ExhibitImage {
  std::string intake_id{};
  std::string image_sealed{};
  // Nothing once the intake is erased.
  std::optional<crypto::WrappedKey> data_key{};
};

// All SQL of exhibits. Thread-safe. Errors are those of shared/db/errors.h where nothing else is
// said. Nothing changes an exhibit that is stored.
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
  absl::StatusOr<std::optional<ExhibitRoom>> FindRoom(std::string_view intake_id,
                                                      db::Deadline deadline);
  // By position.
  absl::StatusOr<std::vector<ExhibitRecord>> List(std::string_view intake_id,
                                                  db::Deadline deadline);
  absl::StatusOr<std::optional<ExhibitImage>> FindImage(std::string_view exhibit_id,
                                                        db::Deadline deadline);

 private:
  db::Database& database_;
};

}  // namespace fsft::intake
