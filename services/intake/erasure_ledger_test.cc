#include "services/intake/erasure_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace fsft::intake {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const std::string kFirst = "0193a000-0000-7000-8000-000000000001";
const std::string kSecond = "0193a000-0000-7000-8000-000000000002";

class ErasureLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "ledger-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(directory_))
      files.push_back(file.path().string());
    return files;
  }

  time::FakeClock clock_{*time::ParseRfc3339("2026-11-23T01:00:00Z")};
  std::string directory_;
};

TEST_F(ErasureLedgerTest, RemembersAcrossARestart) {
  EXPECT_THAT(*ErasureLedger(directory_, clock_).Read(), IsEmpty());
  ASSERT_TRUE(ErasureLedger(directory_, clock_).Append({kFirst}).ok());
  ASSERT_TRUE(ErasureLedger(directory_, clock_).Append({kSecond}).ok());
  EXPECT_THAT(*ErasureLedger(directory_, clock_).Read(), UnorderedElementsAre(kFirst, kSecond));
}

// Where O_APPEND is not atomic, they would write over each other's lines.
TEST_F(ErasureLedgerTest, NoTwoWritersShareAFile) {
  ErasureLedger first(directory_, clock_), second(directory_, clock_);
  const auto append = [](ErasureLedger& ledger, const std::string& id) {
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(ledger.Append({id}).ok());
  };
  std::thread other(append, std::ref(second), kSecond);
  append(first, kFirst);
  other.join();
  ASSERT_THAT(Files(), SizeIs(2));
  for (const std::string& path : Files()) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_NE(text.find(kFirst) == text.npos, text.find(kSecond) == text.npos) << text;
  }
  EXPECT_THAT(*first.Read(), SizeIs(100)) << "each reads those of both";
}

TEST_F(ErasureLedgerTest, ReadsTheOneFileOfOlderVersions) {
  std::ofstream(directory_ + "/erasures") << "\n2026-11-23T01:00:00Z " << kFirst << "\n";
  ErasureLedger ledger(directory_, clock_);
  ASSERT_TRUE(ledger.Append({kSecond}).ok());
  EXPECT_THAT(*ledger.Read(), UnorderedElementsAre(kFirst, kSecond));
}

TEST_F(ErasureLedgerTest, PassesOverWhatIsNoFile) {
  std::filesystem::create_directory(directory_ + "/lost+found");
  EXPECT_THAT(*ErasureLedger(directory_, clock_).Read(), IsEmpty());
}

TEST_F(ErasureLedgerTest, ALineThatACrashCutShortHarmsNoOther) {
  ErasureLedger ledger(directory_, clock_);
  ASSERT_TRUE(ledger.Append({kFirst}).ok());
  ASSERT_THAT(Files(), SizeIs(1));
  std::ofstream(Files().front(), std::ios::app) << "2026-11-23T01:00:00Z 0193a000-0000-70";
  ASSERT_TRUE(ledger.Append({kSecond}).ok());
  EXPECT_THAT(*ledger.Read(), UnorderedElementsAre(kFirst, kSecond));
}

TEST_F(ErasureLedgerTest, WithoutADirectoryItRemembersNothing) {
  ErasureLedger ledger("", clock_);
  EXPECT_TRUE(ledger.Append({kFirst}).ok());
  EXPECT_THAT(*ledger.Read(), IsEmpty());
}

TEST_F(ErasureLedgerTest, SaysAtTheStartWhenItCannotRemember) {
  EXPECT_FALSE(ErasureLedger("/nowhere", clock_).CheckWritable().ok());
  EXPECT_TRUE(ErasureLedger(directory_, clock_).CheckWritable().ok());
  EXPECT_TRUE(ErasureLedger("", clock_).CheckWritable().ok());
}

TEST_F(ErasureLedgerTest, SaysWhenItCannotRemember) {
  EXPECT_FALSE(ErasureLedger("/nowhere", clock_).Append({kFirst}).ok());
}

TEST_F(ErasureLedgerTest, AVolumeThatIsNotThereIsNotAnEmptyLedger) {
  EXPECT_FALSE(ErasureLedger("/nowhere", clock_).Read().ok());
}

TEST_F(ErasureLedgerTest, AFileThatCannotBeReadIsNotPassedOver) {
  ASSERT_TRUE(ErasureLedger(directory_, clock_).Append({kFirst}).ok());
  // Also who may read everything cannot read this.
  std::filesystem::create_symlink("/proc/self/mem", directory_ + "/unreadable");
  EXPECT_FALSE(ErasureLedger(directory_, clock_).Read().ok());
  std::vector<std::string> ids;
  EXPECT_FALSE(ErasureLedger(directory_, clock_).ReadInto(ids).ok());
  EXPECT_THAT(ids, UnorderedElementsAre(kFirst)) << "a restore forgets as many as it can";
}

}  // namespace
}  // namespace fsft::intake
