#include "services/fulfillment/lob/lob_key.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace fsft::fulfillment {
namespace {

class LobKeyTest : public testing::Test {
 protected:
  ~LobKeyTest() override { std::remove(path_.c_str()); }

  void Write(const std::string& key) const {
    std::ofstream(path_ + ".new") << key;
    std::rename((path_ + ".new").c_str(), path_.c_str());
  }
  std::string KeyAfter(const std::string& key) {
    Write(key);
    return key_.Current().Reveal();
  }

  const std::string path_ = testing::TempDir() + "lob_key_test";
  metrics::Registry registry_;
  LobKey key_{(Write("test_1"), *config::Load({"FSFT_LOB_API_KEY_FILE=" + path_})), registry_,
              std::chrono::seconds(0)};
};

TEST_F(LobKeyTest, ANewKeyOfTheSameModeIsTaken) {
  EXPECT_EQ(key_.Current().Reveal(), "test_1");
  const std::string before = key_.Fingerprint();
  EXPECT_EQ(KeyAfter("test_2"), "test_2");
  EXPECT_NE(key_.Fingerprint(), before) << "a pause for the old key does not hold for the new one";
}

TEST_F(LobKeyTest, NoKeyOfTheOtherModeIsTaken) {
  EXPECT_FALSE(key_.livemode());
  EXPECT_EQ(KeyAfter("live_1"), "test_1");
  EXPECT_FALSE(key_.livemode());
  EXPECT_EQ(KeyAfter(""), "test_1");
  EXPECT_EQ(KeyAfter("test_2"), "test_2");
}

TEST_F(LobKeyTest, AProgramThatPrintsTakesNoTestKey) {
  Write("live_1");
  LobKey live(*config::Load({"FSFT_LOB_API_KEY_FILE=" + path_}), registry_,
              std::chrono::seconds(0));
  Write("test_1");
  EXPECT_EQ(live.Current().Reveal(), "live_1");
  EXPECT_TRUE(live.livemode());
}

TEST_F(LobKeyTest, AFingerprintDoesNotGiveTheKeyAway) {
  EXPECT_EQ(key_.Fingerprint().size(), 16u);
  EXPECT_EQ(key_.Fingerprint().find("test"), std::string::npos);
}

}  // namespace
}  // namespace fsft::fulfillment
