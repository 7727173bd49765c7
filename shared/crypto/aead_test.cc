#include "shared/crypto/aead.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "shared/crypto/encoding.h"
#include "shared/crypto/random.h"

namespace fsft::crypto::internal {
namespace {

std::string Hex(std::string_view text) { return HexDecode(text).value(); }

struct GcmCase {
  std::string key, nonce, plain, associated, cipher, tag;
};

// Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega).
const GcmCase kPublished[] = {
    {std::string(32, '\0'), std::string(12, '\0'), "", "", "",
     Hex("530f8afbc74536b9a963b4f1c4cb738b")},
    {std::string(32, '\0'), std::string(12, '\0'), std::string(16, '\0'), "",
     Hex("cea7403d4d606b6e074ec5d3baf39d18"), Hex("d0d1c8a799996bf0265b98b5d48ab919")},
    {Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
     Hex("cafebabefacedbaddecaf888"),
     Hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
         "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"),
     Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
     Hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
         "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"),
     Hex("76fc6ece0f4e1768cddf8853bb2d551b")},
};

TEST(Aead, OpensThePublishedVectors) {
  for (const GcmCase& c : kPublished) {
    const auto plain = AeadOpen(c.key, "\x01" + c.nonce + c.cipher + c.tag, c.associated);
    ASSERT_TRUE(plain.ok()) << plain.status();
    EXPECT_EQ(*plain, c.plain);
  }
}

TEST(Aead, SealsInTheDocumentedLayout) {
  const std::string key = RandomBytes(32);
  const std::string sealed = AeadSeal(key, "letter", "row 1");
  EXPECT_EQ(sealed.size(), 1 + 12 + 6 + 16u);
  EXPECT_EQ(sealed[0], '\x01');
  EXPECT_EQ(AeadOpen(key, sealed, "row 1").value(), "letter");
}

TEST(Aead, TakesANewNonceForEveryText) {
  const std::string key = RandomBytes(32);
  std::set<std::string> nonces;
  for (int i = 0; i < 100; ++i) nonces.insert(AeadSeal(key, "same", "same").substr(1, 12));
  EXPECT_EQ(nonces.size(), 100u);
}

TEST(Aead, RefusesAChangeOfAnyBit) {
  const std::string key = RandomBytes(32);
  const std::string sealed = AeadSeal(key, "a letter", "row 1");
  for (size_t byte = 0; byte < sealed.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[byte] = static_cast<char>(changed[byte] ^ 1 << bit);
      const auto code = AeadOpen(key, changed, "row 1").status().code();
      const bool version = byte == 0;
      EXPECT_EQ(code, version ? absl::StatusCode::kUnimplemented : absl::StatusCode::kDataLoss)
          << "byte " << byte << " bit " << bit;
    }
  }
}

TEST(Aead, RefusesATextThatWasCutOrGrew) {
  const std::string key = RandomBytes(32);
  const std::string sealed = AeadSeal(key, "a letter", "row 1");
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(AeadOpen(key, sealed.substr(0, size), "row 1").status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
  EXPECT_EQ(AeadOpen(key, sealed + '\0', "row 1").status().code(), absl::StatusCode::kDataLoss);
}

TEST(Aead, RefusesAnotherKeyAndAnotherAssociatedText) {
  const std::string key = RandomBytes(32);
  const std::string sealed = AeadSeal(key, "a letter", "row 1");
  EXPECT_EQ(AeadOpen(RandomBytes(32), sealed, "row 1").status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(AeadOpen(key, sealed, "row 2").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(AeadOpen(key, sealed, "").status().code(), absl::StatusCode::kDataLoss);
}

TEST(Aead, SealsNothingAndMuch) {
  const std::string key = RandomBytes(32);
  for (const std::string& plain : {std::string(), std::string(5'000'000, 'x')}) {
    EXPECT_EQ(AeadOpen(key, AeadSeal(key, plain, ""), "").value(), plain);
  }
}

}  // namespace
}  // namespace fsft::crypto::internal
