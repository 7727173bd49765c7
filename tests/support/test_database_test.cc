#include "tests/support/test_database.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fsft::test {
namespace {

TEST(TestDatabase, IsMigrated) {
  TestDatabase database;
  EXPECT_EQ(database.Query("fsft_owner", "SELECT count(*) FROM intake.intakes"), "0");
}

TEST(TestDatabase, KeepsTwoApart) {
  TestDatabase one;
  TestDatabase other;
  one.Query("fsft_owner", "CREATE TABLE intake.only_here ()");
  EXPECT_THROW(other.Query("fsft_owner", "SELECT FROM intake.only_here"), std::runtime_error);
}

TEST(TestDatabase, ConnectsAsEveryRole) {
  TestDatabase database;
  for (const char* role :
       {"fsft_owner", "intake_rw", "payment_rw", "fulfillment_rw", "fsft_readonly", "postgres"}) {
    EXPECT_EQ(database.Query(role, "SELECT current_user"), role);
  }
}

TEST(TestDatabase, IsGoneAtTheEnd) {
  TestDatabase observer;
  std::string name;
  {
    TestDatabase database;
    name = database.Query("postgres", "SELECT current_database()");
  }
  EXPECT_EQ(
      observer.Query("postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + name + "'"),
      "0");
}

}  // namespace
}  // namespace fsft::test
