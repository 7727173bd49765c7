#include "shared/crypto/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "shared/crypto/encoding.h"

namespace fsft::crypto {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kA(64, 'a'), kB(64, 'b'), kC(64, 'c');

std::string Ring(const std::string& wrap_lines) {
  return wrap_lines + "lookup:l1:" + kB + "\ntoken:t1:" + kC + "\n";
}

TEST(KeyRing, ReadsTheFirstLineOfAPurposeAsCurrent) {
  const auto ring = KeyRing::Parse(
      Ring("# newest first\n\nwrap:2026-11:" + kA + "\r\nwrap:2026-10:" + kB + "\n"));
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_EQ((*ring)->Current(Purpose::kWrap).id, "2026-11");
  EXPECT_EQ(HexEncode((*ring)->Current(Purpose::kWrap).bytes), kA);
  ASSERT_NE((*ring)->Find(Purpose::kWrap, "2026-10"), nullptr);
  EXPECT_EQ(HexEncode((*ring)->Find(Purpose::kWrap, "2026-10")->bytes), kB);
  EXPECT_EQ((*ring)->Current(Purpose::kToken).id, "t1");
  const std::vector<Key>& all = (*ring)->All(Purpose::kWrap);
  ASSERT_EQ(all.size(), 2);
  EXPECT_EQ(all[0].id, "2026-11");
  EXPECT_EQ(all[1].id, "2026-10");
}

TEST(KeyRing, KeepsPurposesApart) {
  const auto ring = KeyRing::Parse(Ring("wrap:w1:" + kA + "\n")).value();
  EXPECT_EQ(ring->Find(Purpose::kWrap, "t1"), nullptr);
  EXPECT_EQ(ring->Find(Purpose::kToken, "w1"), nullptr);
  EXPECT_EQ(ring->Find(Purpose::kWrap, ""), nullptr);
}

TEST(KeyRing, NamesTheLineThatIsWrongAndNeverItsText) {
  const struct {
    std::string lines, said;
  } cases[] = {
      {"wrap:w1:" + kA + "\nseal:s1:" + kA + "\n", "line 2: the purpose"},
      {"wrap:w1:" + kA.substr(1) + "\n", "line 1: the key is not 64 hex digits"},
      {"wrap:w1:" + kA + "aa\n", "line 1: the key is not 64 hex digits"},
      {"wrap:w1:" + kA.substr(1) + "g\n", "line 1: the key is not 64 hex digits"},
      {"wrap:w1\n", "line 1: the key is not 64 hex digits"},
      {"wrap::" + kA + "\n", "line 1: the key id"},
      {"wrap:W1:" + kA + "\n", "line 1: the key id"},
      {"wrap:" + std::string(33, 'x') + ":" + kA + "\n", "line 1: the key id"},
      {"\n\nwrap:w1:" + kA + "\nwrap:w1:" + kB + "\n", "line 4: the key id is there already"},
      {kA + "\n", "line 1: the purpose"},
      {"# none\n", "no key for wrap"},
  };
  for (const auto& c : cases) {
    const absl::Status status = KeyRing::Parse(Ring(c.lines)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.said));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("aaaa")));
  }
}

TEST(KeyRing, LoadsAFile) {
  const std::string path = testing::TempDir() + "key_ring_test.keys";
  std::ofstream(path) << Ring("wrap:w1:" + kA + "\n");
  const auto ring = KeyRing::LoadFile(path);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_EQ((*ring)->Current(Purpose::kWrap).id, "w1");
  std::remove(path.c_str());
}

TEST(KeyRing, SaysWhichFileItCannotRead) {
  const absl::Status status = KeyRing::LoadFile("/nowhere/keys").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nowhere/keys"));
  EXPECT_FALSE(KeyRing::LoadFile(testing::TempDir()).ok());  // a directory
}

}  // namespace
}  // namespace fsft::crypto
