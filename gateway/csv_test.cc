#include "gateway/csv.h"

#include <gtest/gtest.h>

namespace fsft::gateway {
namespace {

TEST(CsvLine, IsOneLineOfRfc4180) {
  EXPECT_EQ(CsvLine({"a", "", "3"}), "a,,3\r\n");
  EXPECT_EQ(CsvLine({"a,b", "say \"no\"", "two\nlines"}),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n");
}

TEST(CsvLine, HasNoFormulas) {
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"})
    EXPECT_EQ(CsvLine({formula}), std::string("'") + formula + "\r\n");
  EXPECT_EQ(CsvLine({"\rx"}), "\"'\rx\"\r\n");
  EXPECT_EQ(CsvLine({"=HYPERLINK(\"x\",\"y\")"}), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"\r\n");
  EXPECT_EQ(CsvLine({"a=1"}), "a=1\r\n");
}

}  // namespace
}  // namespace fsft::gateway
