#include "shared/crypto/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "shared/crypto/encoding.h"

namespace fsft::crypto {
namespace {

TEST(Sha256, AgreesWithFips180) {
  EXPECT_EQ(HexEncode(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexEncode(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexEncode(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

struct HmacCase {
  std::string key, message, digest;
};

// RFC 4231 section 4, without the truncated case 5.
const HmacCase kRfc4231[] = {
    {std::string(20, '\x0b'), "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {HexDecode("0102030405060708090a0b0c0d0e0f10111213141516171819").value(),
     std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {std::string(131, '\xaa'),
     "This is a test using a larger than block-size key and a larger than block-size data. The key "
     "needs to be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

TEST(HmacSha256, AgreesWithRfc4231) {
  for (const HmacCase& c : kRfc4231) {
    EXPECT_EQ(HexEncode(HmacSha256(c.key, c.message)), c.digest);
  }
}

TEST(HmacSha256, TakesEmptyKeyAndMessage) {
  const std::string expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  EXPECT_EQ(HexEncode(HmacSha256("", "")), expected);
  EXPECT_EQ(HexEncode(HmacSha256(std::string_view(), std::string_view())), expected);
}

// The context is kept for the thread: a short key after a long one must not see its rest.
TEST(HmacSha256, ForgetsThePreviousKey) {
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int round = 0; round < 100; ++round) {
        for (const HmacCase& c : kRfc4231) {
          ASSERT_EQ(HexEncode(HmacSha256(c.key, c.message)), c.digest);
        }
      }
    });
  }
}

TEST(EqualsConstantTime, ComparesLikeEquality) {
  EXPECT_TRUE(EqualsConstantTime("", std::string_view()));
  EXPECT_TRUE(EqualsConstantTime("secret", "secret"));
  EXPECT_FALSE(EqualsConstantTime("secret", "secreT"));
  EXPECT_FALSE(EqualsConstantTime("secret", "Secret"));
  EXPECT_FALSE(EqualsConstantTime("secret", "secret "));
  EXPECT_FALSE(EqualsConstantTime("secret", ""));
}

}  // namespace
}  // namespace fsft::crypto
