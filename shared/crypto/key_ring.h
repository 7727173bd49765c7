#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fsft::crypto {

// A long-lived key of 32 bytes. `bytes` is wiped when the key goes.
struct Key {
  std::string id;
  std::string bytes;

  Key(std::string id, std::string bytes);
  Key(Key&&) = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key();
};

enum class Purpose {
  kWrap,    // wraps the data keys of intakes and letters
  kLookup,  // HMAC of what must be found without being readable: email, citation, plate
  kToken,   // HMAC that makes access tokens
};

// The keys that protect personal data, from the file FSFT_DATA_KEYS_FILE. One line per key:
//
//   # purpose:key_id:64 hex digits
//   wrap:2026-11:…
//
// The first line of a purpose is the key for new data; the others are still read. Ids are
// [a-z0-9-]{1,32} and unique within a purpose. Immutable, so any thread may read it.
//
// To rotate while everything runs: add the new line below the old one and let every replica read
// the file (a replica that lacks a key cannot read what another wraps with it); move the new line
// to the top; wait until nothing is left under the old key (metric rewrap_remaining); take the old
// line away. A token key's old line ends the access tokens that it made.
class KeyRing {
 public:
  // kInvalidArgument, naming the line and never its text: malformed line, repeated id, a purpose
  // without key.
  static absl::StatusOr<std::shared_ptr<const KeyRing>> Parse(std::string_view text);
  // Also the errors of files::Read.
  static absl::StatusOr<std::shared_ptr<const KeyRing>> LoadFile(const std::string& path);

  const Key& Current(Purpose purpose) const;
  // In the order of the file, the current one first.
  const std::vector<Key>& All(Purpose purpose) const;
  // nullptr when there is none of that id.
  const Key* Find(Purpose purpose, std::string_view id) const;

 private:
  KeyRing() = default;

  std::map<Purpose, std::vector<Key>> keys_;
};

}  // namespace fsft::crypto
