#include "services/intake/erasure_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fsft::intake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kFirst = "0193a000-0000-7000-8000-000000000001";
const std::string kSecond = "0193a000-0000-7000-8000-000000000002";

class ErasureLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "ledger-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    path_ = name + "/erasures";
  }
  void TearDown() override {
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
  }

  time::FakeClock clock_{*time::ParseRfc3339("2026-11-23T01:00:00Z")};
  std::string path_;
};

TEST_F(ErasureLedgerTest, RemembersAcrossARestart) {
  EXPECT_THAT(*ErasureLedger(path_, clock_).Read(), IsEmpty());
  ASSERT_TRUE(ErasureLedger(path_, clock_).Append({kFirst}).ok());
  ASSERT_TRUE(ErasureLedger(path_, clock_).Append({kSecond}).ok());
  EXPECT_THAT(*ErasureLedger(path_, clock_).Read(), ElementsAre(kFirst, kSecond));
}

TEST_F(ErasureLedgerTest, ALineThatACrashCutShortHarmsNoOther) {
  ErasureLedger ledger(path_, clock_);
  ASSERT_TRUE(ledger.Append({kFirst}).ok());
  std::ofstream(path_, std::ios::app) << "2026-11-23T01:00:00Z 0193a000-0000-70";
  ASSERT_TRUE(ledger.Append({kSecond}).ok());
  EXPECT_THAT(*ledger.Read(), ElementsAre(kFirst, kSecond));
}

TEST_F(ErasureLedgerTest, WithoutAPathItRemembersNothing) {
  ErasureLedger ledger("", clock_);
  EXPECT_TRUE(ledger.Append({kFirst}).ok());
  EXPECT_THAT(*ledger.Read(), IsEmpty());
}

TEST_F(ErasureLedgerTest, SaysWhenItCannotRemember) {
  EXPECT_FALSE(ErasureLedger("/nowhere/erasures", clock_).Append({kFirst}).ok());
}

}  // namespace
}  // namespace fsft::intake
