#include "shared/crypto/aead.h"

#include <openssl/evp.h>

#include <memory>

#include "absl/status/status.h"
#include "shared/crypto/openssl.h"
#include "shared/crypto/random.h"

namespace fsft::crypto::internal {
namespace {

constexpr char kVersion = 0x01;
constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kHeaderBytes = 1 + kNonceBytes;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// A context for one text: its end wipes the expanded key, which one kept for the thread would hold
// on to.
Context Begin(std::string_view key, std::string_view nonce, bool encrypt) {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  Must(key.size() == kKeyBytes, "a key of 32 bytes");
  Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  Must(cipher != nullptr && context != nullptr &&
           EVP_CipherInit_ex2(context.get(), cipher, Bytes(key), Bytes(nonce), encrypt ? 1 : 0,
                              nullptr) == 1,
       "AES-256-GCM");
  return context;
}

void Update(EVP_CIPHER_CTX* context, unsigned char* out, std::string_view in) {
  int written = 0;
  Must(EVP_CipherUpdate(context, out, &written, Bytes(in), static_cast<int>(in.size())) == 1,
       "AES-256-GCM");
}

}  // namespace

std::string AeadSeal(std::string_view key, std::string_view plain, std::string_view associated) {
  std::string sealed(kHeaderBytes + plain.size() + kTagBytes, '\0');
  sealed[0] = kVersion;
  FillRandom(&sealed[1], kNonceBytes);
  const Context context = Begin(key, std::string_view(sealed).substr(1, kNonceBytes), true);

  unsigned char* const text = Bytes(sealed.data() + kHeaderBytes);
  unsigned char* const tag = text + plain.size();
  int written = 0;
  Update(context.get(), nullptr, associated);
  Update(context.get(), text, plain);
  Must(EVP_CipherFinal_ex(context.get(), tag, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1,
       "AES-256-GCM");
  return sealed;
}

absl::StatusOr<std::string> AeadOpen(std::string_view key, std::string_view sealed,
                                     std::string_view associated) {
  if (!sealed.empty() && sealed[0] != kVersion) {
    return absl::UnimplementedError("sealed in an unknown format");
  }
  if (sealed.size() < kHeaderBytes + kTagBytes) return absl::DataLossError("sealed text is cut");
  const Context context = Begin(key, sealed.substr(1, kNonceBytes), false);
  const std::string_view text =
      sealed.substr(kHeaderBytes, sealed.size() - kHeaderBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));

  std::string plain(text.size(), '\0');
  int written = 0;
  Update(context.get(), nullptr, associated);
  Update(context.get(), Bytes(plain.data()), text);
  Must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1,
       "AES-256-GCM");
  // Until here nothing is verified; `plain` must not get out before this.
  if (EVP_CipherFinal_ex(context.get(), Bytes(plain.data()) + plain.size(), &written) != 1) {
    return absl::DataLossError("sealed text does not open");
  }
  return plain;
}

}  // namespace fsft::crypto::internal
