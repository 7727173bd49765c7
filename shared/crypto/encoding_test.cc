#include "shared/crypto/encoding.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "shared/crypto/random.h"

namespace fsft::crypto {
namespace {

TEST(Hex, EncodesLowerCaseAndDecodesBoth) {
  const std::string bytes("\x00\x7f\x80\xff", 4);
  EXPECT_EQ(HexEncode(bytes), "007f80ff");
  EXPECT_EQ(HexDecode("007f80ff").value(), bytes);
  EXPECT_EQ(HexDecode("007F80fF").value(), bytes);
  EXPECT_EQ(HexDecode("").value(), "");
}

TEST(Hex, RefusesOddLengthAndOtherCharacters) {
  for (const char* text : {"0", "000", "0g", "g0", " 00", "0x", "0\n", "-1"}) {
    EXPECT_FALSE(HexDecode(text).ok()) << text;
  }
}

// RFC 4648 section 10.
const std::pair<std::string, std::string> kRfc4648[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

TEST(Base64, AgreesWithRfc4648) {
  for (const auto& [bytes, text] : kRfc4648) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text).value(), bytes);
    const std::string bare = text.substr(0, text.find('='));
    EXPECT_EQ(Base64UrlEncode(bytes), bare);
    EXPECT_EQ(Base64UrlDecode(bare).value(), bytes);
  }
}

TEST(Base64, UsesTheAlphabetOfItsKind) {
  EXPECT_EQ(Base64Encode("\xfb\xff\xbf"), "+/+/");
  EXPECT_EQ(Base64UrlEncode("\xfb\xff\xbf"), "-_-_");
  EXPECT_FALSE(Base64Decode("-_-_").ok());
  EXPECT_FALSE(Base64UrlDecode("+/+/").ok());
}

TEST(Base64, ReadsBackAnything) {
  for (size_t n = 0; n < 100; ++n) {
    const std::string bytes = RandomBytes(n);
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)).value(), bytes);
    EXPECT_EQ(Base64UrlDecode(Base64UrlEncode(bytes)).value(), bytes);
  }
}

// Two texts for the same bytes would let one token pass as two.
TEST(Base64, RefusesEverySecondWayToWriteTheSame) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z",
                           "====", "Zm9v====", "Zg==Zg==", "Zm 9", "Zm9v\n", "Z=g="}) {
    EXPECT_FALSE(Base64Decode(text).ok()) << text;
  }
  for (const char* text : {"Zg==", "Zh", "Zm9", "Z", "Zm9vZ", "Zm9v\n", " Zm9v"}) {
    EXPECT_FALSE(Base64UrlDecode(text).ok()) << text;
  }
}

}  // namespace
}  // namespace fsft::crypto
