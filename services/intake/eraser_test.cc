#include "services/intake/eraser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "services/intake/test_intakes.h"
#include "shared/rpc/status.h"
#include "tests/support/statement_count.h"

namespace fsft::intake {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

const std::string kPayment = "0193a000-0000-7000-8000-000000000001";

class EraserTest : public IntakesTest {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "eraser-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    ledger_.emplace(folder_, clock_);
    eraser_.emplace(*database_, *ledger_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Submitted(const std::string& key = "key") {
    NewAppeal appeal = Appeal("912345678", "jordan@example.com");
    appeal.allow_duplicate = true;
    EXPECT_TRUE(store_.Submit(appeal, Key(key), Soon()).ok());
    return appeal.intake_id;
  }
  // An order that is history since an hour.
  std::string Delivered(const std::string& key = "key") {
    std::string id = Submitted(key);
    EXPECT_TRUE(store_
                    .PutOrders({{.intake_id = id,
                                 .payment_id = kPayment,
                                 .version = 2,
                                 .state = "fulfilled",
                                 .final_at = time::SystemClock().Now() - std::chrono::hours(1)}},
                               Soon())
                    .ok());
    return id;
  }
  std::string ReasonOf(const std::string& id) {
    return rpc::DetailOf(eraser_->Erase(id, "ann", Soon()).status()).reason();
  }
  // What of the person is left in the row of an intake and its drafts.
  std::string LeftOf(const std::string& id) {
    return Owner(
        "SELECT num_nonnulls(i.data_key, i.data_key_id, i.person_sealed, i.citation_hmac, "
        "i.email_hmac, i.lookup_key_id, d.submission_sealed) + (SELECT count(*) FROM "
        "intake.request_keys k WHERE k.intake_id = i.intake_id) FROM intake.intakes i JOIN "
        "intake.drafts d USING (intake_id) WHERE intake_id = '" +
        id + "'");
  }

  std::filesystem::path folder_;
  time::SystemClock clock_;
  std::optional<ErasureLedger> ledger_;
  std::optional<Eraser> eraser_;
};

TEST_F(EraserTest, LeavesNothingOfThePerson) {
  const std::string id = Delivered();
  EXPECT_EQ(LeftOf(id), "8");
  ASSERT_TRUE(eraser_->Erase(id, "ann", Soon()).ok());
  EXPECT_EQ(LeftOf(id), "0");
  EXPECT_EQ(Owner("SELECT actor || ' ' || action || ' ' || to_state FROM intake.audit_log WHERE "
                  "action = 'erase'"),
            "ann erase fulfilled");
  EXPECT_EQ(Owner("SELECT token_version FROM intake.intakes"), "2") << "the access token ends";
}

TEST_F(EraserTest, RefusesWhileTheOrderNeedsThePerson) {
  const std::string id = Submitted();
  EXPECT_EQ(ReasonOf(id), "order_in_progress") << "it may be at the checkout";
  ASSERT_TRUE(Put(id, kPayment, 2, "paid").ok());
  EXPECT_EQ(ReasonOf(id), "order_in_progress");
  ASSERT_TRUE(store_
                  .PutOrders({{.intake_id = id,
                               .payment_id = kPayment,
                               .version = 3,
                               .state = "fulfilled",
                               .final_at = time::SystemClock().Now() + std::chrono::hours(1)}},
                             Soon())
                  .ok());
  EXPECT_EQ(ReasonOf(id), "order_in_progress") << "mailed, and may still come back";
  EXPECT_EQ(LeftOf(id), "8");
  EXPECT_THAT(*ledger_->Read(), SizeIs(0)) << "or a restore would erase it";
}

TEST_F(EraserTest, AnAppealThatWasNeverPaidForIsAbandoned) {
  const std::string id = Submitted();
  Owner("UPDATE intake.intakes SET submitted_at = now() - interval '3 days'");
  ASSERT_TRUE(eraser_->Erase(id, "ann", Soon()).ok());
  EXPECT_EQ(Owner("SELECT state FROM intake.intakes"), "abandoned");
}

TEST_F(EraserTest, TwiceIsOnce) {
  const std::string id = Delivered();
  const auto first = eraser_->Erase(id, "ann", Soon());
  const auto again = eraser_->Erase(id, "bob", Soon());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, *first);
  EXPECT_THAT(*eraser_->List(0, 100, Soon()), SizeIs(1));
  EXPECT_THAT(*ledger_->Read(), ElementsAre(id));
}

TEST_F(EraserTest, WithoutItsLedgerNothingIsErased) {
  const std::string id = Delivered();
  ErasureLedger broken("/nowhere", clock_);
  EXPECT_FALSE(Eraser(*database_, broken).Erase(id, "ann", Soon()).ok());
  EXPECT_EQ(LeftOf(id), "8");
}

TEST_F(EraserTest, ErasesAgainWhomABackupBroughtBack) {
  const std::string id = Submitted();
  ASSERT_TRUE(ledger_->Append({id, "0193a000-0000-7000-8000-00000000dead"}).ok());
  EXPECT_EQ(*eraser_->EraseAgain(Soon()), 0) << "in the backup its order is not final yet";
  Owner("UPDATE intake.intakes SET payment_id = '" + kPayment + "', erasable_from = now()");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(*eraser_->EraseAgain(Soon(), stop.get_token()), 0) << "left to the next start";
  EXPECT_EQ(*eraser_->EraseAgain(Soon()), 1);
  EXPECT_EQ(LeftOf(id), "0");
  EXPECT_EQ(*eraser_->EraseAgain(Soon()), 0);
}

// A program that stops ends what it has begun: see tests/manifests/stopping.py.
TEST_F(EraserTest, ErasesABatchAgainInFourStatements) {
  ASSERT_TRUE(ledger_->Append({Delivered("one"), Delivered("two")}).ok());
  const int before = test::StatementsRun(registry_);
  ASSERT_EQ(*eraser_->EraseAgain(Soon()), 2);
  EXPECT_EQ(test::StatementsRun(registry_) - before, 4);
}

TEST_F(EraserTest, ListsErasuresInTheOrderInWhichTheyBecameVisible) {
  std::vector<std::string> ids;
  for (int i = 0; i < 16; ++i) ids.push_back(Delivered("key" + std::to_string(i)));
  std::vector<std::future<absl::StatusOr<time::TimePoint>>> erasing;
  for (const std::string& id : ids) {
    erasing.push_back(
        std::async(std::launch::async, [this, id] { return eraser_->Erase(id, "ann", Soon()); }));
  }
  // A reader that goes on from the last number it saw must not miss one that comes later.
  size_t seen = 0;
  int64_t last = 0;
  const auto look = [&] {
    const auto erasures = eraser_->List(last, 100, Soon());
    for (const Erasure& one : *erasures) last = one.sequence;
    seen += erasures->size();
  };
  for (auto& one : erasing) {
    look();
    EXPECT_TRUE(one.get().ok());
  }
  look();
  EXPECT_EQ(seen, ids.size());
}

TEST_F(EraserTest, ARevokedTokenStaysRevoked) {
  const std::string id = Submitted();
  ASSERT_TRUE(eraser_->RevokeToken(id, "ann", Soon()).ok());
  EXPECT_EQ(Owner("SELECT token_version FROM intake.intakes"), "2");
  EXPECT_EQ(LeftOf(id), "8");
  EXPECT_EQ(eraser_->RevokeToken(kPayment, "ann", Soon()).code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace fsft::intake
