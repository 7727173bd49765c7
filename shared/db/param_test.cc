#include "shared/db/param.h"

#include <gtest/gtest.h>

namespace fsft::db {
namespace {

TEST(Param, WritesValuesAsPostgresReadsThem) {
  EXPECT_EQ(Param("n", int64_t{-7}).text(), "-7");
  EXPECT_EQ(Param("b", true).text(), "true");
  EXPECT_EQ(Param::Bytes("x", std::string_view("\x00\xff", 2)).text(), "\\x00ff");
  EXPECT_EQ(Param("t", std::chrono::system_clock::time_point()).text(),
            "1970-01-01T00:00:00.000000Z");
}

TEST(Param, KeepsEmptyApartFromNull) {
  EXPECT_FALSE(Param("x", "").null());
  EXPECT_FALSE(Param::Bytes("x", "").null());
  EXPECT_TRUE(Param("x", std::nullopt).null());
  EXPECT_TRUE(Param::TextOrNull("x", "").null());
  EXPECT_FALSE(Param::TextOrNull("x", "y").null());
}

TEST(Param, QuotesTheElementsOfArrays) {
  const std::vector<std::string> hostile = {"plain", "a,b", "quo\"te", "back\\slash", "{}", ""};
  EXPECT_EQ(Param::Array("x", hostile).text(),
            R"({"plain","a,b","quo\"te","back\\slash","{}",""})");
  EXPECT_EQ(Param::Array("x", std::vector<int64_t>{1, -2}).text(), "{1,-2}");
  EXPECT_EQ(Param::Array("x", std::vector<std::string>{}).text(), "{}");
}

}  // namespace
}  // namespace fsft::db
