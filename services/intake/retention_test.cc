#include "services/intake/retention.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "absl/strings/str_replace.h"
#include "services/intake/retention_sql.h"
#include "services/intake/test_intakes.h"
#include "shared/ids/uuid.h"
#include "tests/support/explain.h"

namespace fsft::intake {
namespace {

using config::Retention;

const std::string kPayment = "0193a000-0000-7000-8000-000000000001";

class RetentionTest : public IntakesTest {
 protected:
  retention::Sweep SweepOf(std::string_view name, metrics::Registry& registry,
                           Retention mode = Retention::kOn) {
    for (retention::Kind& kind : KeptForATime(config_, *database_, eraser_)) {
      if (kind.name == name) return {std::move(kind), *database_, registry, mode};
    }
    throw std::logic_error("there is no such kind");
  }
  // One whole pass over the rows of a kind; answers how many it settled.
  double Pass(std::string_view name, Retention mode = Retention::kOn) {
    metrics::Registry registry;
    retention::Sweep sweep = SweepOf(name, registry, mode);
    RunToEnd(sweep);
    due_ = registry.AddGauge("retention_due", "", {{"kind", std::string(name)}}).Value();
    return registry.AddCounter("retention_settled_total", "", {{"kind", std::string(name)}})
        .Value();
  }
  static void RunToEnd(retention::Sweep& sweep) {
    while (true) {
      const absl::StatusOr<int> looked = sweep.Step();
      ASSERT_TRUE(looked.ok()) << looked.status();
      if (*looked == 0) return;
    }
  }

  // Appeals that were handed in `days` ago, and nothing since.
  std::string Submitted(int days, const std::string& key = "key") {
    NewAppeal appeal = Appeal("912345678", "jordan@example.com");
    appeal.allow_duplicate = true;
    EXPECT_TRUE(store_.Submit(appeal, Key(key), Soon()).ok());
    Age(appeal.intake_id, "created_at = $t, updated_at = $t, submitted_at = $t", days);
    return appeal.intake_id;
  }
  // Orders that are history since `days`.
  std::string Delivered(int days, const std::string& key = "key") {
    std::string id = Submitted(days + 10, key);
    EXPECT_TRUE(Put(id, kPayment, 2, "fulfilled").ok());
    Age(id, "erasable_from = $t", days);
    return id;
  }
  void Age(const std::string& id, const std::string& columns, int days) {
    Owner("UPDATE intake.intakes SET " +
          absl::StrReplaceAll(columns,
                              {{"$t", "now() - interval '" + std::to_string(days) + " days'"}}) +
          " WHERE intake_id = '" + id + "'");
  }
  std::string Question(int days, const std::string& intake_id) {
    return Owner(
        "INSERT INTO intake.support_requests (support_id, intake_id, data_key, data_key_id, "
        "text_sealed, created_at) SELECT gen_random_uuid(), " +
        (intake_id.empty() ? "NULL" : "'" + intake_id + "'") +
        ", '', 'w1', '', now() - interval '" + std::to_string(days) +
        " days' RETURNING support_id");
  }
  bool Readable(const std::string& id) {
    return Owner("SELECT data_key IS NOT NULL FROM intake.intakes WHERE intake_id = '" + id +
                 "'") == "t";
  }
  std::string Count(const std::string& table, const std::string& id) {
    return Owner("SELECT count(*) FROM intake." + table + " WHERE intake_id = '" + id + "'");
  }
  bool ReadableQuestion(const std::string& id) {
    return Owner("SELECT data_key IS NOT NULL FROM intake.support_requests WHERE support_id = '" +
                 id + "'") == "t";
  }

  config::Config config_;
  time::SystemClock clock_;
  ErasureLedger ledger_{"", clock_};
  Eraser eraser_{*database_, ledger_};
  double due_ = 0;
};

TEST_F(RetentionTest, BlanksWhatNobodyHasPaidForInNinetyDays) {
  const std::string old = Submitted(91, "old");
  const std::string young = Submitted(89, "young");
  EXPECT_EQ(Pass("unpaid"), 1);
  EXPECT_FALSE(Readable(old));
  EXPECT_TRUE(Readable(young));
  EXPECT_EQ(Owner("SELECT actor || ' ' || action || ' ' || to_state FROM intake.audit_log WHERE "
                  "action = 'erase'"),
            "retention erase abandoned");
  EXPECT_EQ(Owner("SELECT intake_id FROM intake.erasures"), old) << "fulfillment follows this list";
  EXPECT_EQ(Pass("unpaid"), 0) << "once is enough";
}

TEST_F(RetentionTest, WhatTheCustomerStillWorksOnStays) {
  const std::string id = Submitted(91);
  Age(id, "state = 'draft', updated_at = $t", 5);
  EXPECT_EQ(Pass("unpaid"), 0);
  EXPECT_TRUE(Readable(id));
}

TEST_F(RetentionTest, AnEditBetweenTheLookAndTheEndSavesTheAppeal) {
  const std::string id = Submitted(91);
  Age(id, "state = 'draft', updated_at = $t", 0);
  EXPECT_EQ(*eraser_.EraseAll({id}, "retention", Soon(), std::chrono::days(90)), 0);
  EXPECT_TRUE(Readable(id));
}

TEST_F(RetentionTest, APaidOrderIsNotCountedAmongTheUnpaid) {
  const std::string id = Submitted(200);
  ASSERT_TRUE(Put(id, kPayment, 2, "paid").ok());
  Age(id, "updated_at = $t", 200);
  EXPECT_EQ(Pass("unpaid") + Pass("appeals"), 0);
  EXPECT_TRUE(Readable(id));
}

TEST_F(RetentionTest, BlanksThePersonThreeYearsAfterTheOrderBecameHistory) {
  const std::string old = Delivered(1096, "old");
  const std::string young = Delivered(1094, "young");
  const std::string open = Delivered(1096, "open");
  Owner("UPDATE intake.intakes SET erasable_from = NULL WHERE intake_id = '" + open + "'");
  EXPECT_EQ(Pass("appeals"), 1);
  EXPECT_FALSE(Readable(old));
  EXPECT_TRUE(Readable(young));
  EXPECT_TRUE(Readable(open)) << "however old it is, somebody still has to decide about it";
}

TEST_F(RetentionTest, AnOrderThatTheCustomerTakesUpAgainStays) {
  const std::string id = Delivered(1096);
  Age(id, "state = 'submitted', submitted_at = $t, updated_at = $t", 3);
  EXPECT_EQ(Pass("appeals"), 0);
  EXPECT_TRUE(Readable(id));
}

TEST_F(RetentionTest, BlanksQuestionsThatBelongToNoAppealThatCanBeRead) {
  const std::string kept = Submitted(10, "kept");
  const std::string gone = Submitted(91, "gone");
  ASSERT_EQ(Pass("unpaid"), 1);
  const std::string stranger = Question(1096, "");
  const std::string young = Question(1094, "");
  const std::string of_kept = Question(1096, kept);
  const std::string of_gone = Question(1096, gone);
  EXPECT_EQ(Pass("questions"), 2);
  EXPECT_FALSE(ReadableQuestion(stranger));
  EXPECT_FALSE(ReadableQuestion(of_gone));
  EXPECT_TRUE(ReadableQuestion(young));
  EXPECT_TRUE(ReadableQuestion(of_kept));
}

// The row of an intake without a person; of a payment so much as the foreign keys ask for.
TEST_F(RetentionTest, AtTheVeryEndTheRowGoesWithItsDraftsOnceNoPaymentRefersToIt) {
  const std::string paid = Delivered(2646, "paid");
  const std::string unpaid = Submitted(2646, "unpaid");
  const std::string young = Submitted(2644, "young");
  EXPECT_EQ(Pass("intake_rows"), 0) << "first they are blanked";
  EXPECT_EQ(Pass("appeals") + Pass("unpaid"), 3);
  Owner(
      "INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, "
      "appeal_type, amount_cents, currency, product_name, success_url, cancel_url, "
      "session_expires_at) SELECT '" +
      kPayment +
      "', intake_id, draft_id, content_sha256, 'pending', 'standard', 989, 'usd', '', '', '', "
      "now() FROM intake.drafts WHERE intake_id = '" +
      paid + "'");
  EXPECT_EQ(Pass("intake_rows"), 1) << "the payment holds one, and that does not hold the other";
  EXPECT_EQ(Count("intakes", unpaid) + Count("drafts", unpaid), "00");
  EXPECT_EQ(Count("intakes", paid) + Count("drafts", paid), "11");
  EXPECT_EQ(Count("intakes", young), "1");
  Owner("DELETE FROM payment.payments");
  EXPECT_EQ(Pass("intake_rows"), 1);
  EXPECT_EQ(Owner("SELECT from_state || ' ' || to_state FROM intake.audit_log WHERE actor = "
                  "'retention' AND action = 'delete' AND intake_id = '" +
                  paid + "'"),
            "fulfilled deleted");
  EXPECT_EQ(Count("erasures", paid), "1") << "who follows the list must find it";
}

TEST_F(RetentionTest, LateNewsOfADeletedIntakeBringNothingBack) {
  const std::string id = Delivered(2646);
  ASSERT_EQ(Pass("appeals") + Pass("intake_rows"), 2);
  ASSERT_TRUE(Put(id, kPayment, 9, "paid").ok());
  EXPECT_EQ(Count("intakes", id), "0");
  std::string folder = testing::TempDir() + "ledger-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  ErasureLedger file(folder, clock_);
  ASSERT_TRUE(file.Append({id}).ok());
  EXPECT_EQ(*Eraser(*database_, file).EraseAgain(Soon()), 0);
  EXPECT_EQ(std::filesystem::remove_all(folder), 2U);
}

TEST_F(RetentionTest, BlankQuestionsGoInTheEnd) {
  const std::string old = Question(2646, "");
  const std::string young = Question(2644, "");
  EXPECT_EQ(Pass("question_rows"), 0);
  EXPECT_EQ(Pass("questions"), 2);
  EXPECT_EQ(Pass("question_rows"), 1);
  EXPECT_EQ(Owner("SELECT support_id FROM intake.support_requests"), young);
}

TEST_F(RetentionTest, ADryRunCountsAndChangesNothing) {
  const std::string id = Submitted(91);
  const std::string order = Delivered(1096, "order");
  const std::string question = Question(1096, "");
  for (const char* kind : {"unpaid", "appeals", "questions"}) {
    EXPECT_EQ(Pass(kind, Retention::kDryRun), 0) << kind;
    EXPECT_EQ(due_, 1) << kind;
  }
  EXPECT_TRUE(Readable(id) && Readable(order) && ReadableQuestion(question));
  EXPECT_EQ(Pass("unpaid"), 1);
  EXPECT_EQ(due_, 0) << "nothing was left";
}

TEST_F(RetentionTest, TwoReplicasBlankEachAppealOnce) {
  Owner(
      "INSERT INTO intake.intakes (intake_id, state, data_key, data_key_id, person_sealed, "
      "created_at, updated_at) SELECT gen_random_uuid(), 'draft', '', 'w1', '', now() - interval "
      "'91 days', now() - interval '91 days' FROM generate_series(1, 900)");
  const auto replica = [this] {
    metrics::Registry registry;
    retention::Sweep sweep = SweepOf("unpaid", registry);
    RunToEnd(sweep);
  };
  std::future<void> other = std::async(std::launch::async, replica);
  replica();
  other.get();
  EXPECT_EQ(Owner("SELECT count(*) || ' ' || count(DISTINCT intake_id) FROM intake.audit_log WHERE "
                  "action = 'erase'"),
            "900 900");
  EXPECT_EQ(Owner("SELECT count(*) FROM intake.intakes WHERE data_key IS NOT NULL"), "0");
}

// Of two batches that are due the pages of one look, with so many rows of every other kind around.
class RetentionScaleTest : public RetentionTest {
 protected:
  void Fill(int rows, const std::string& age, const std::string& columns,
            const std::string& values) {
    Owner(absl::StrReplaceAll(R"sql(
        INSERT INTO intake.intakes (intake_id, created_at, updated_at, $columns)
        SELECT gen_random_uuid(), now() - interval '$age' - n * interval '1 second', now() - interval '$age', $values
        FROM generate_series(1, $rows) AS n)sql",
                              {{"$columns", columns},
                               {"$values", values},
                               {"$age", age},
                               {"$rows", std::to_string(rows)}}));
  }
  void Kept(int rows, const std::string& age) {
    Fill(rows, age, "state, data_key, data_key_id, person_sealed", "'draft', '', 'w1', ''");
  }
  void Paid(int rows, const std::string& age) {
    Fill(rows, age,
         "state, city_id, section_id, submitted_at, paid_at, payment_id, erasable_from, data_key, "
         "data_key_id, person_sealed",
         "'paid', 'us-ca-san_francisco', 'sfmta', now(), now(), gen_random_uuid(), now() - "
         "interval '" +
             age + "', '', 'w1', ''");
  }
  void Erased(int rows, const std::string& age) {
    Fill(rows, age, "state, erased_at", "'abandoned', now()");
  }
  int64_t LookBuffers(const db::Statement& look, const std::string& days) {
    Owner("ANALYZE intake.intakes");
    return test::BuffersOf(test_database_, "intake_rw", std::string(look.sql),
                           {{"days", days},
                            {"after_time", "'-infinity'"},
                            {"after_id", "'00000000-0000-0000-0000-000000000000'"},
                            {"batch", "200"}});
  }
};

TEST_F(RetentionScaleTest, ALookCostsTheSameAmongThirtyThousandOthers) {
  Kept(400, "91 days");
  Paid(400, "1096 days");
  const int64_t unpaid = LookBuffers(sql::kLookUnpaid, "90");
  const int64_t paid = LookBuffers(sql::kLookPaid, "1095");
  Kept(10'000, "1 day");
  Paid(10'000, "100 days");
  Erased(10'000, "2000 days");
  const int64_t unpaid_after = LookBuffers(sql::kLookUnpaid, "90");
  const int64_t paid_after = LookBuffers(sql::kLookPaid, "1095");
  const int64_t erased = LookBuffers(sql::kLookIntakes, "2645");
  std::cout << "look at 200 unpaid " << unpaid << ", later " << unpaid_after << "; at 200 paid "
            << paid << ", later " << paid_after << "; at none erased " << erased << " buffers"
            << std::endl;
  EXPECT_LE(unpaid_after, 2 * unpaid);
  EXPECT_LE(paid_after, 2 * paid);
  EXPECT_LE(erased, 5);
}

}  // namespace
}  // namespace fsft::intake
