#pragma once

#include <array>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "shared/crypto/key_ring.h"

namespace fsft::crypto {

// A data key as it is stored: sealed with the key of the ring that `key_id` names. Forgetting it
// erases everything that was sealed with the data key.
struct WrappedKey {
  std::string key_id;
  std::string bytes;
};

// Where a sealed text belongs. It is authenticated, not stored: a text moved to another row, column
// or table does not open there.
struct SealContext {
  std::string_view table;
  std::string_view column;
  std::string_view id;
};

// The key of one intake (or one letter). AES-256-GCM; what is sealed is
//
//   version (1 byte, 0x01) | nonce (12 bytes, random) | ciphertext | tag (16 bytes)
//
// Random nonces are safe for 2^32 texts under one key: far more than an intake has, and the
// wrapping key of a ring is to be rotated before four billion intakes.
class DataKey {
 public:
  static DataKey New();

  DataKey(const DataKey&) = default;
  DataKey& operator=(const DataKey&) = default;
  ~DataKey();

  // With the ring's current wrap key. `context` says whose key it is ("intake:<id>"); Unwrap must
  // be given the same.
  WrappedKey Wrap(const KeyRing& ring, std::string_view context) const;
  // kNotFound: the ring has no key of that id (a line was removed too early). kDataLoss: not what
  // was stored, or another context or ring. kUnimplemented: written by a newer version of the
  // suite.
  static absl::StatusOr<DataKey> Unwrap(const KeyRing& ring, const WrappedKey& wrapped,
                                        std::string_view context);

  std::string Seal(std::string_view plain, const SealContext& context) const;
  // kDataLoss: changed, cut, another key or another context; they cannot be told apart.
  // kUnimplemented as above.
  absl::StatusOr<std::string> Open(std::string_view sealed, const SealContext& context) const;

 private:
  static constexpr size_t kBytes = 32;
  DataKey() = default;
  std::string_view bytes() const;

  std::array<char, kBytes> bytes_{};
};

}  // namespace fsft::crypto
