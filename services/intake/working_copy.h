#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "shared/crypto/envelope.h"

namespace fsft::intake {

// The newest version of an intake's letter, as it is stored.
struct DraftRecord {
  std::string draft_id{};
  int64_t version = 0;
  // A word of common.v1.AppealType.
  std::string appeal_type{};
  // Offered for payment: it stays as it is for ever.
  bool is_final = false;
  std::string submission_sealed{};
  // Empty unless it is final.
  std::string content_sha256{};
};

// An intake as the customer works on it. A change names the state and the revision that it was
// made for.
struct WorkingCopy {
  std::string intake_id{};
  std::string state{};
  int64_t revision = 0;
  int64_t token_version = 0;
  int64_t exhibit_count = 0;
  // Empty before payment has told of one.
  std::string payment_id{};
  // Nothing once the intake is erased.
  std::optional<crypto::WrappedKey> data_key{};
  std::string person_sealed{};
  std::optional<DraftRecord> draft{};
};

}  // namespace fsft::intake
