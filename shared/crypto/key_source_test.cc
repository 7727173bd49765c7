#include "shared/crypto/key_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "shared/metrics/metrics.h"

namespace fsft::crypto {
namespace {

using testing::HasSubstr;

std::string Ring(const std::string& wrap_id) {
  const std::string hex(64, 'a');
  return "wrap:" + wrap_id + ":" + hex + "\nlookup:l1:" + hex + "\ntoken:t1:" + hex + "\n";
}

class KeyFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "key-file-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    path_ = name + "/keys";
    Replace(Ring("w1"));
  }
  void TearDown() override {
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
  }
  void Replace(const std::string& text) {
    std::ofstream(path_ + ".new") << text;
    std::filesystem::rename(path_ + ".new", path_);
  }
  std::unique_ptr<KeyFile> Open(std::chrono::seconds look_every = std::chrono::seconds(0)) {
    return *KeyFile::Open(path_, registry_, look_every);
  }
  static std::string WrapKey(KeyFile& keys) { return keys.Current()->Current(Purpose::kWrap).id; }

  metrics::Registry registry_;
  std::string path_;
};

TEST_F(KeyFileTest, DoesNotStartWithoutAGoodRing) {
  Replace("wrap:w1");
  EXPECT_EQ(KeyFile::Open(path_, registry_).status().code(), absl::StatusCode::kInvalidArgument);
  std::filesystem::remove(path_);
  EXPECT_EQ(KeyFile::Open(path_, registry_).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(KeyFileTest, TakesAChangedFileWithoutARestart) {
  const auto keys = Open();
  const auto before = keys->Current();
  Replace(Ring("w2"));
  EXPECT_EQ(WrapKey(*keys), "w2");
  EXPECT_EQ(before->Current(Purpose::kWrap).id, "w1") << "whoever works with a ring keeps it";
}

TEST_F(KeyFileTest, LooksAtTheDiskNoMoreOftenThanItSays) {
  const auto keys = Open(std::chrono::hours(1));
  Replace(Ring("w2"));
  EXPECT_EQ(WrapKey(*keys), "w1");
}

TEST_F(KeyFileTest, KeepsTheLastGoodRingAndCountsEachBadFileOnce) {
  const auto keys = Open();
  Replace("wrap:w2");
  EXPECT_EQ(WrapKey(*keys), "w1");
  EXPECT_EQ(WrapKey(*keys), "w1");
  EXPECT_THAT(registry_.Serialize(), HasSubstr("key_ring_failures_total 1"));
  EXPECT_THAT(registry_.Serialize(), HasSubstr("key_ring_stale 1"));

  std::filesystem::remove(path_);
  EXPECT_EQ(WrapKey(*keys), "w1");
  EXPECT_EQ(WrapKey(*keys), "w1");
  EXPECT_THAT(registry_.Serialize(), HasSubstr("key_ring_failures_total 2"));

  Replace(Ring("w3"));
  EXPECT_EQ(WrapKey(*keys), "w3");
  EXPECT_THAT(registry_.Serialize(), HasSubstr("key_ring_stale 0"));
}

}  // namespace
}  // namespace fsft::crypto
