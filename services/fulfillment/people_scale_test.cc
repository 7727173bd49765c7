// Renewing keys and forgetting people costs the same however many letters there are.

#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "absl/strings/str_replace.h"
#include "services/fulfillment/erasures_sql.h"
#include "services/fulfillment/key_rotation_sql.h"
#include "services/fulfillment/test_orders.h"
#include "tests/support/explain.h"

namespace fsft::fulfillment {
namespace {

constexpr int kFew = 1'000;
constexpr int kMany = 20'000;

class PeopleScaleTest : public LettersTest {
 protected:
  // So many mailed letters, the last hundred of them under the old key. The ids count from one, and
  // an intake's is its letter's.
  void Fill(int from, int to) {
    // A letter needs a payment; who is behind it does not matter here.
    Sql(absl::StrReplaceAll(R"sql(
        SET session_replication_role = replica;
        INSERT INTO fulfillment.letters (payment_id, order_version, want, intake_id, draft_id, content_sha256, appeal_type,
                                         paid_at, state, pdf_sealed, pdf_sha256, data_key, data_key_id)
        SELECT id, 1, 'mail', id, id, sha256('x'), 'standard', now(), 'queued', 'sealed', sha256('x'), 'key',
               CASE WHEN n > $to - 100 THEN 'w1' ELSE 'w2' END
        FROM (SELECT n, CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid) AS id
              FROM generate_series($from + 1, $to) AS n) AS numbers)sql",
                            {{"$from", std::to_string(from)}, {"$to", std::to_string(to)}}));
    Sql("VACUUM ANALYZE");
  }

  int64_t Buffers(const db::Statement& statement,
                  const std::vector<std::pair<std::string, std::string>>& parameters) {
    return test::BuffersOf(*test_database_, "fulfillment_rw", std::string(statement.sql),
                           parameters);
  }

  // What each statement costs while there are so many letters, the last of which is forgotten.
  std::map<std::string_view, int64_t> BuffersWith(int letters) {
    const std::string number = std::to_string(letters);
    const std::string last =
        "'{00000000-0000-7000-8000-" + std::string(12 - number.size(), '0') + number + "}'";
    return {
        {"old_wraps", Buffers(sql::kOldWraps, {{"current", "'w2'"}})},
        {"find_wrapped",
         Buffers(sql::kFindWrapped, {{"old_key", "'w1'"},
                                     {"after", "'00000000-0000-0000-0000-000000000000'"},
                                     {"batch", "100"}})},
        {"forget_letters", Buffers(sql::kForgetLetters, {{"intakes", last}, {"sequence", "1"}})},
    };
  }

  void TearDown() override {
    // None of these was ever told to payment; what the base class checks is not about them.
    Sql("TRUNCATE fulfillment.notifications, fulfillment.letters, fulfillment.outbox, "
        "fulfillment.audit_log");
  }
};

TEST_F(PeopleScaleTest, RenewingAndForgettingCostTheSameWithTwentyTimesAsManyLetters) {
  Fill(0, kFew);
  const auto with_few = BuffersWith(kFew);
  Sql("UPDATE fulfillment.letters SET data_key_id = 'w2' WHERE data_key_id = 'w1'");
  Fill(kFew, kMany);
  for (const auto& [name, buffers] : BuffersWith(kMany)) {
    const int64_t before = with_few.at(name);
    std::cout << name << ": " << before << " buffers with " << kFew << " letters, " << buffers
              << " with " << kMany << std::endl;
    // Each of the two ranges of an index may be a level deeper.
    EXPECT_LE(buffers, 2 * before + 2) << name;
  }
}

}  // namespace
}  // namespace fsft::fulfillment
