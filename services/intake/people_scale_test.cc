// Renewing keys and forgetting people costs the same however many intakes there are. Request keys are
// left out: they live for a day.

#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "absl/strings/str_replace.h"
#include "services/intake/erasure_sql.h"
#include "services/intake/key_rotation_sql.h"
#include "services/intake/test_intakes.h"
#include "tests/support/explain.h"

namespace fsft::intake {
namespace {

constexpr int kFew = 1'000;
constexpr int kMany = 20'000;

class PeopleScaleTest : public IntakesTest {
 protected:
  // So many intakes with all that belongs to one, the last hundred of them under the old keys. The
  // ids count from one.
  void Fill(int from, int to) {
    const std::string id =
        "CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid)";
    const std::string sql = R"sql(
        INSERT INTO intake.intakes (intake_id, state, data_key, data_key_id, person_sealed, citation_hmac, email_hmac,
                                    lookup_key_id)
        SELECT $id, 'draft', 'key', 'w' || age, 'sealed', sha256(CAST(CAST(n AS text) AS bytea)), 'email', 'l' || age
        FROM (SELECT n, CASE WHEN n > $to - 100 THEN 1 ELSE 2 END AS age FROM generate_series($from + 1, $to) n) t;
        INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, submission_sealed)
        SELECT $id, $id, 1, 'standard', 'sealed' FROM generate_series($from + 1, $to) n;
        INSERT INTO intake.exhibits (exhibit_id, intake_id, position, image_sealed, sha256, width, height, byte_count)
        SELECT $id, $id, 1, 'sealed', sha256('x'), 1, 1, 1 FROM generate_series($from + 1, $to) n;
        INSERT INTO intake.erasures (intake_id, actor) SELECT $id, 'test' FROM generate_series($from + 1, $to) n)sql";
    test_database_.Query("postgres", absl::StrReplaceAll(sql, {{"$id", id},
                                                               {"$from", std::to_string(from)},
                                                               {"$to", std::to_string(to)}}));
    test_database_.Query("postgres", "VACUUM ANALYZE");
  }

  int64_t Buffers(const db::Statement& statement,
                  const std::vector<std::pair<std::string, std::string>>& parameters) {
    return test::BuffersOf(test_database_, "intake_rw", std::string(statement.sql), parameters);
  }

  // What each statement costs while there are so many intakes, the last of which is erased.
  std::map<std::string_view, int64_t> BuffersWith(int intakes) {
    const std::string number = std::to_string(intakes);
    const std::string last =
        "'{00000000-0000-7000-8000-" + std::string(12 - number.size(), '0') + number + "}'";
    const std::string before_all = "'00000000-0000-0000-0000-000000000000'";
    return {
        {"old_wraps", Buffers(sql::kOldWraps, {{"current", "'w2'"}})},
        {"old_hashes", Buffers(sql::kOldHashes, {{"current", "'l2'"}})},
        {"old_requests", Buffers(sql::kOldRequests, {{"current", "'l2'"}})},
        {"find_wrapped", Buffers(sql::kFindWrapped,
                                 {{"old_key", "'w1'"}, {"after", before_all}, {"batch", "100"}})},
        {"find_hashed",
         Buffers(sql::kFindHashed, {{"old_key", "'l1'"}, {"after", before_all}, {"batch", "100"}})},
        {"erase", Buffers(sql::kErase, {{"ids", last}, {"actor", "'test'"}})},
        {"erasures",
         Buffers(sql::kErasures, {{"after", std::to_string(intakes - 50)}, {"limit", "100"}})},
    };
  }
};

TEST_F(PeopleScaleTest, RenewingAndForgettingCostTheSameWithTwentyTimesAsManyIntakes) {
  Fill(0, kFew);
  const auto with_few = BuffersWith(kFew);
  test_database_.Query("postgres",
                       "UPDATE intake.intakes SET data_key_id = 'w2', lookup_key_id = 'l2' "
                       "WHERE data_key_id = 'w1'");
  Fill(kFew, kMany);
  for (const auto& [name, buffers] : BuffersWith(kMany)) {
    const int64_t before = with_few.at(name);
    std::cout << name << ": " << before << " buffers with " << kFew << " intakes, " << buffers
              << " with " << kMany << std::endl;
    EXPECT_LE(buffers, 2 * before) << name;
  }
}

}  // namespace
}  // namespace fsft::intake
