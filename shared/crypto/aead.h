#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// AES-256-GCM as envelope.h describes it. Internal to this folder: who seals personal data uses
// DataKey, which chooses the key and the associated data.
namespace fsft::crypto::internal {

// `key` is 32 bytes. Answers version | nonce | ciphertext | tag.
std::string AeadSeal(std::string_view key, std::string_view plain, std::string_view associated);

// kDataLoss: does not open. kUnimplemented: a version that this program does not know.
absl::StatusOr<std::string> AeadOpen(std::string_view key, std::string_view sealed,
                                     std::string_view associated);

}  // namespace fsft::crypto::internal
