#include "shared/crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>

#include "shared/crypto/openssl.h"

namespace fsft::crypto {
namespace {

using internal::Bytes;
using internal::Must;

constexpr size_t kDigestBytes = 32;

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

// Fetching an algorithm searches OpenSSL's providers under locks and costs more than a short
// digest, so it is done once per process, and a context is made once per thread.
EVP_MD_CTX* ThreadDigest() {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  Must(sha256 != nullptr && context != nullptr &&
           EVP_DigestInit_ex2(context.get(), sha256, nullptr) == 1,
       "SHA256");
  return context.get();
}

MacContext NewHmacSha256() {
  static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context(EVP_MAC_CTX_new(hmac), EVP_MAC_CTX_free);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  Must(context != nullptr && EVP_MAC_CTX_set_params(context.get(), parameters) == 1, "HMAC");
  return context;
}

}  // namespace

std::string Sha256(std::string_view text) {
  EVP_MD_CTX* const context = ThreadDigest();
  std::string digest(kDigestBytes, '\0');
  Must(EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
           EVP_DigestFinal_ex(context, Bytes(digest.data()), nullptr) == 1,
       "SHA256");
  return digest;
}

std::string HmacSha256(std::string_view key, std::string_view message) {
  thread_local const MacContext context = NewHmacSha256();
  std::string digest(kDigestBytes, '\0');
  size_t written = 0;
  Must(EVP_MAC_init(context.get(), Bytes(key), key.size(), nullptr) == 1 &&
           EVP_MAC_update(context.get(), Bytes(message), message.size()) == 1 &&
           EVP_MAC_final(context.get(), Bytes(digest.data()), &written, digest.size()) == 1 &&
           written == kDigestBytes,
       "HMAC");
  return digest;
}

bool EqualsConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(Bytes(a), Bytes(b), a.size()) == 0;
}

}  // namespace fsft::crypto
