#include "shared/work/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/metrics/metrics.h"
#include "tests/support/test_database.h"

namespace fsft::work {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr char kOne[] = "00000000-0000-7000-8000-000000000001";
constexpr char kTwo[] = "00000000-0000-7000-8000-000000000002";

class OutboxTest : public testing::Test {
 protected:
  OutboxTest()
      : database_(*db::Database::Create({.url = test_database_.Url("payment_rw"), .pool_size = 2},
                                        registry_)) {}

  // An outbox of payment's that remembers what it delivered, and answers `answer_`.
  Outbox MakeOutbox(int batch = 100) {
    return Outbox({.schema = "payment", .target = "intake", .batch = batch}, *database_,
                  [this](const std::vector<std::string>& ids, db::Deadline) {
                    delivered_.push_back(ids);
                    if (during_delivery_) during_delivery_();
                    return answer_;
                  });
  }

  void Enqueue(const std::string& payment_id, const std::string& target = "intake") {
    Sql("INSERT INTO payment.outbox (payment_id, target, version) VALUES ('" + payment_id + "', '" +
        target +
        "', 1) ON CONFLICT (payment_id, target) DO UPDATE SET version = outbox.version + 1, "
        "next_at = now(), "
        "claim = outbox.claim + 1, failures = 0");
  }

  std::string Sql(const std::string& sql) { return test_database_.Query("payment_rw", sql); }
  std::string Waiting() { return Sql("SELECT count(*) FROM payment.outbox"); }
  void MakeAllDue() { Sql("UPDATE payment.outbox SET next_at = now() - interval '1 second'"); }

  test::TestDatabase test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  std::vector<std::vector<std::string>> delivered_;
  absl::Status answer_;
  std::function<void()> during_delivery_;
};

TEST_F(OutboxTest, DeliversABatchInOneCallAndDeletesIt) {
  Outbox outbox = MakeOutbox();
  Enqueue(kOne);
  Enqueue(kTwo);
  EXPECT_EQ(*outbox.RelayBatch(), 2);
  EXPECT_THAT(delivered_, ElementsAre(UnorderedElementsAre(kOne, kTwo)));
  EXPECT_EQ(Waiting(), "0");
  EXPECT_EQ(*outbox.RelayBatch(), 0);
}

TEST_F(OutboxTest, TakesNoMoreThanABatch) {
  Outbox outbox = MakeOutbox(/*batch=*/1);
  Enqueue(kOne);
  Enqueue(kTwo);
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_THAT(delivered_, SizeIs(2));
}

TEST_F(OutboxTest, LeavesOtherTargetsAlone) {
  Outbox outbox = MakeOutbox();
  Enqueue(kOne, "fulfillment");
  EXPECT_EQ(*outbox.RelayBatch(), 0);
  EXPECT_EQ(Waiting(), "1");
}

TEST_F(OutboxTest, PutsOffWhatCouldNotBeDelivered) {
  Outbox outbox = MakeOutbox();
  Enqueue(kOne);
  answer_ = absl::UnavailableError("down");
  EXPECT_EQ(*outbox.RelayBatch(), 0);
  EXPECT_EQ(Sql("SELECT failures FROM payment.outbox WHERE next_at > now()"), "1");
  answer_ = absl::OkStatus();
  EXPECT_EQ(*outbox.RelayBatch(), 0) << "not due yet";
  MakeAllDue();
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_EQ(Waiting(), "0");
}

TEST_F(OutboxTest, DeliversOnceMoreWhatChangedDuringTheDelivery) {
  Outbox outbox = MakeOutbox();
  Enqueue(kOne);
  during_delivery_ = [this] {
    during_delivery_ = nullptr;
    Enqueue(kOne);
  };
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_EQ(Waiting(), "1");
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_EQ(Waiting(), "0");
}

TEST_F(OutboxTest, DoesNotTakeWhatAnotherReplicaHasLeased) {
  Outbox outbox = MakeOutbox();
  Outbox other = MakeOutbox();
  Enqueue(kOne);
  during_delivery_ = [&] {
    during_delivery_ = nullptr;
    EXPECT_EQ(*other.RelayBatch(), 0);
  };
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_THAT(delivered_, SizeIs(1));
}

TEST_F(OutboxTest, TakesOverWhenALeaseHasEndedAndTheLateOneChangesNothing) {
  Outbox outbox = MakeOutbox();
  Outbox other = MakeOutbox();
  Enqueue(kOne);
  during_delivery_ = [&] {
    during_delivery_ = nullptr;
    MakeAllDue();
    answer_ = absl::UnavailableError("down");
    EXPECT_EQ(*other.RelayBatch(), 0);
    answer_ = absl::OkStatus();
  };
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_EQ(Sql("SELECT failures FROM payment.outbox"), "1") << "the new holder's row must stay";
}

}  // namespace
}  // namespace fsft::work
