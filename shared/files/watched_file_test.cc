#include "shared/files/watched_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fsft::files {
namespace {

class WatchedFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "watched-file-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
  }

  std::filesystem::path directory_;
};

TEST_F(WatchedFileTest, TellsOfAChangeOnce) {
  Write("keys", "old");
  WatchedFile file(directory_ / "keys");
  EXPECT_TRUE(file.Changed()) << "nobody has read it yet";
  EXPECT_FALSE(file.Changed());
  Write("keys", "longer");
  EXPECT_TRUE(file.Changed());
  EXPECT_FALSE(file.Changed());
}

// As editors and Kubernetes replace a file: whole, by a rename; the size and the time may be the
// same.
TEST_F(WatchedFileTest, SeesAnotherFileOfTheSameSizeAndTime) {
  Write("keys", "old");
  WatchedFile file(directory_ / "keys");
  EXPECT_TRUE(file.Changed());
  Write("keys.new", "new");
  std::filesystem::last_write_time(directory_ / "keys.new",
                                   std::filesystem::last_write_time(directory_ / "keys"));
  std::filesystem::rename(directory_ / "keys.new", directory_ / "keys");
  EXPECT_TRUE(file.Changed());
  EXPECT_FALSE(file.Changed());
}

TEST_F(WatchedFileTest, AMissingFileIsNeverTheOneThatWasSeen) {
  WatchedFile file(directory_ / "keys");
  EXPECT_TRUE(file.Changed());
  EXPECT_TRUE(file.Changed());
  Write("keys", "there");
  EXPECT_TRUE(file.Changed());
  EXPECT_FALSE(file.Changed());
}

}  // namespace
}  // namespace fsft::files
