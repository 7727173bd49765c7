#include "shared/crypto/envelope.h"

#include <openssl/crypto.h>

#include <cstdint>
#include <initializer_list>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "shared/crypto/aead.h"
#include "shared/crypto/random.h"

namespace fsft::crypto {
namespace {

// Each field behind its length, so that no two lists of fields make the same bytes ("ab","c" and
// "a","bc").
std::string Join(std::initializer_list<std::string_view> fields) {
  size_t total = 0;
  for (const std::string_view field : fields) total += sizeof(uint32_t) + field.size();
  std::string joined;
  joined.reserve(total);
  for (const std::string_view field : fields) {
    const auto size = static_cast<uint32_t>(field.size());
    for (int shift = 24; shift >= 0; shift -= 8) joined += static_cast<char>(size >> shift);
    joined += field;
  }
  return joined;
}

// The first field keeps the two uses apart, should one key ever serve both.
std::string ToWrap(std::string_view key_id, std::string_view context) {
  return Join({"wrap", key_id, context});
}

std::string ToSeal(const SealContext& context) {
  return Join({"seal", context.table, context.column, context.id});
}

}  // namespace

DataKey DataKey::New() {
  DataKey key;
  FillRandom(key.bytes_.data(), key.bytes_.size());
  return key;
}

DataKey::~DataKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string_view DataKey::bytes() const { return {bytes_.data(), bytes_.size()}; }

WrappedKey DataKey::Wrap(const KeyRing& ring, std::string_view context) const {
  const Key& key = ring.Current(Purpose::kWrap);
  return {key.id, internal::AeadSeal(key.bytes, bytes(), ToWrap(key.id, context))};
}

absl::StatusOr<DataKey> DataKey::Unwrap(const KeyRing& ring, const WrappedKey& wrapped,
                                        std::string_view context) {
  const Key* const key = ring.Find(Purpose::kWrap, wrapped.key_id);
  if (key == nullptr) {
    return absl::NotFoundError(absl::StrCat("the key ring has no wrap key ", wrapped.key_id));
  }
  absl::StatusOr<std::string> plain =
      internal::AeadOpen(key->bytes, wrapped.bytes, ToWrap(key->id, context));
  if (!plain.ok()) return plain.status();
  if (plain->size() != kBytes) return absl::DataLossError("wrapped key has a wrong length");
  DataKey data_key;
  plain->copy(data_key.bytes_.data(), kBytes);
  OPENSSL_cleanse(plain->data(), plain->size());
  return data_key;
}

std::string DataKey::Seal(std::string_view plain, const SealContext& context) const {
  return internal::AeadSeal(bytes(), plain, ToSeal(context));
}

absl::StatusOr<std::string> DataKey::Open(std::string_view sealed,
                                          const SealContext& context) const {
  return internal::AeadOpen(bytes(), sealed, ToSeal(context));
}

}  // namespace fsft::crypto
