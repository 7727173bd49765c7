#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/crypto/envelope.h"

namespace fsft::db {
class Row;
}

namespace fsft::fulfillment {

// A typeset letter as it is stored: sealed with a key of its own, so that forgetting that key
// erases the letter.
struct SealedPdf {
  std::string sealed;
  std::string sha256;  // of the plain bytes
  crypto::WrappedKey key;
};

SealedPdf SealPdf(const crypto::KeyRing& ring, std::string_view payment_id, std::string_view pdf);

// The plain bytes. DATA_LOSS when they are not what was stored for this payment; NOT_FOUND when the
// ring lacks the key.
absl::StatusOr<std::string> OpenPdf(const crypto::KeyRing& ring, std::string_view payment_id,
                                    const SealedPdf& pdf);

// The same key under the ring's current one. Errors as above.
absl::StatusOr<crypto::WrappedKey> RewrapPdfKey(std::string_view payment_id,
                                                const crypto::WrappedKey& key,
                                                const crypto::KeyRing& ring);

// Of the columns pdf_sealed, pdf_sha256, data_key and data_key_id, of which the first is column
// `first`; nothing where they are null.
std::optional<SealedPdf> SealedPdfOf(const db::Row& row, size_t first);

}  // namespace fsft::fulfillment
