// A migrated database for one test, in the cluster that ctest's fixture `test_cluster` has started.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fsft::test {

// Made from the migrated template in some tens of milliseconds; dropped, with all sessions in it,
// at the end. Every failure is a std::runtime_error with PostgreSQL's message, which GoogleTest
// reports.
class TestDatabase {
 public:
  // Finds the cluster in the file that FSFT_TEST_CLUSTER names; fsft_test(... DATABASE) sets that.
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // The postgresql:// URL of this database for one role: "intake_rw", "payment_rw",
  // "fulfillment_rw", "fsft_readonly", "fsft_owner", or the superuser "postgres".
  std::string Url(std::string_view role) const;

  // Runs SQL (several statements are one transaction) as `role`, on a connection of its own.
  // Answers the first field of the first row as text, or "" when there is none or it is NULL.
  std::string Query(std::string_view role, const std::string& sql) const;

 private:
  std::vector<std::string> cluster_urls_;  // one per role, the superuser's first
  std::string name_;
};

}  // namespace fsft::test
