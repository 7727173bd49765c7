// What an event, a list and a number cost does not grow with the letters that have arrived, nor with
// those that the mail never tells of.

#include <gtest/gtest.h>

#include <iostream>

#include "services/fulfillment/tracking/letter_reports_sql.h"
#include "services/fulfillment/tracking/tracking_sql.h"
#include "tests/support/explain.h"

namespace fsft::fulfillment {
namespace {

class TrackingScaleTest : public ::testing::Test {
 protected:
  // Letters in the state with the numbers of [from, to], last seen so many days ago.
  void Add(const std::string& state, int from, int to, int days) {
    const std::string at = "now() - interval '" + std::to_string(days) + " days'";
    database_.Query(
        "postgres",
        "SET session_replication_role = replica; INSERT INTO fulfillment.letters (payment_id, "
        "order_version, want, intake_id, draft_id, content_sha256, appeal_type, paid_at, state, "
        "lob_letter_id, mailed_at, moved_at) SELECT id, 1, 'mail', id, id, decode(repeat('73', "
        "32), 'hex'), 'standard', " +
            at + ", '" + state + "', 'ltr_' || n, " + at + ", " + at +
            " FROM (SELECT n, CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS "
            "uuid) AS id FROM generate_series(" +
            std::to_string(from) + ", " + std::to_string(to) + ") AS n) AS numbers");
    database_.Query("postgres", "ANALYZE fulfillment.letters");
  }
  int64_t Buffers(const db::Statement& statement,
                  const std::vector<std::pair<std::string, std::string>>& parameters) {
    return test::BuffersOf(database_, "fulfillment_rw", std::string(statement.sql), parameters);
  }
  // In pages: one event, the number of stuck letters, and a page of each kind of list.
  std::vector<int64_t> Costs() {
    const std::string first = "'00000000-0000-0000-0000-000000000000'";
    const std::string event = "'evt_" + std::to_string(++events_) + "'";
    return {
        Buffers(sql::kTakeNews, {{"letter_id", "'ltr_1'"},
                                 {"payment_id", "NULL"},
                                 {"generation", "'0'"},
                                 {"news", "'moving'"},
                                 {"tracking_number", "NULL"},
                                 {"expected_delivery", "NULL"},
                                 {"at", "'2026-11-02T00:00:00Z'"},
                                 {"event_id", event},
                                 {"created_at", "'2026-11-02T00:00:00Z'"},
                                 {"type", "'letter.in_transit'"}}),
        Buffers(sql::kListStuck, {{"after", first},
                                  {"limit", "'50'"},
                                  {"stuck", "'1209600'"},
                                  {"given_up", "'5184000'"}}),
        Buffers(sql::kCountStuck, {{"stuck", "'1209600'"}, {"given_up", "'5184000'"}}),
        Buffers(sql::kListWaiting, {{"after", first}, {"limit", "'50'"}, {"waiting", "'3600'"}}),
        Buffers(sql::kListState, {{"after", first}, {"limit", "'50'"}, {"state", "'in_transit'"}})};
  }

  static void ExpectTheSame(const std::vector<int64_t>& few, const std::vector<int64_t>& many) {
    for (size_t i = 0; i < few.size(); ++i) {
      std::cout << "pages after 1,000 letters: " << few[i] << ", after 41,000: " << many[i] << "\n";
      // A level of an index more for each table that is looked into.
      EXPECT_LE(many[i], few[i] + 12) << i;
    }
  }

  test::TestDatabase database_;
  int events_ = 0;
};

TEST_F(TrackingScaleTest, EventsAndListsCostTheSameAfterManyLetters) {
  Add("in_transit", 1, 10, 2);
  Add("in_transit", 11, 20, 20);
  Add("delivered", 1'001, 2'000, 20);
  const std::vector<int64_t> few = Costs();
  Add("delivered", 2'001, 42'000, 20);
  ExpectTheSame(few, Costs());
}

TEST_F(TrackingScaleTest, LettersThatTheMailNeverTellsOfCostNothingAfterTwoMonths) {
  Add("in_transit", 1, 10, 2);
  Add("in_transit", 11, 20, 20);
  Add("mailed", 1'001, 2'000, 90);
  std::vector<int64_t> few = Costs();
  Add("mailed", 2'001, 42'000, 90);
  std::vector<int64_t> many = Costs();
  // The page of a state comes last. Its one plan for all states takes this one for half of the
  // table; connections plan it with the state that is asked for.
  few.pop_back();
  many.pop_back();
  ExpectTheSame(few, many);
}

}  // namespace
}  // namespace fsft::fulfillment
