#include "shared/db/print.h"

#include <gtest/gtest.h>

#include <sstream>

namespace fsft::db {
namespace {

constexpr Statement kFind = {"test.find", R"sql(
SELECT 'a:b' FROM t WHERE id = CAST(:id AS uuid) AND state = CAST(:state AS text) AND old <> CAST(:id AS uuid))sql"};
constexpr Statement kAll = {"test.all", "SELECT 1"};

TEST(PrintStatementsTest, NumbersParametersInTheOrderOfTheirFirstUse) {
  const Statement statements[] = {kFind, kAll};
  std::ostringstream out;
  PrintStatements(statements, out);
  EXPECT_EQ(out.str(), R"(PREPARE "test.find" AS /* id, state */
SELECT 'a:b' FROM t WHERE id = CAST($1 AS uuid) AND state = CAST($2 AS text) AND old <> CAST($1 AS uuid);

PREPARE "test.all" AS /*  */SELECT 1;

)");
}

}  // namespace
}  // namespace fsft::db
