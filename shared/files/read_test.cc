#include "shared/files/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace fsft::files {
namespace {

using absl::StatusCode;

class ReadFile : public testing::Test {
 protected:
  ~ReadFile() override { std::remove(path_.c_str()); }
  void Write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }

  // Tests of this file may run at the same time, each in a process of its own.
  const std::string path_ = testing::TempDir() + "read_test_" +
                            testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ReadFile, GivesEveryByte) {
  const std::string text("line\r\n\0\xff\n", 9);
  Write(text);
  EXPECT_EQ(Read(path_).value(), text);
}

TEST_F(ReadFile, GivesAnEmptyText) {
  Write("");
  EXPECT_EQ(Read(path_).value(), "");
}

TEST_F(ReadFile, IsBounded) {
  Write("12345");
  EXPECT_EQ(Read(path_, 5).value(), "12345");
  EXPECT_EQ(Read(path_, 4).status().code(), StatusCode::kOutOfRange);
}

TEST_F(ReadFile, NamesThePathThatItCannotRead) {
  const absl::Status status = Read(path_).status();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(path_));
}

TEST_F(ReadFile, RefusesADirectory) { EXPECT_FALSE(Read(testing::TempDir()).ok()); }

}  // namespace
}  // namespace fsft::files
