#include "shared/work/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "shared/logging/context.h"
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
  static void SetUpTestSuite() { test_database_ = std::make_unique<test::TestDatabase>(); }
  static void TearDownTestSuite() { test_database_.reset(); }
  OutboxTest()
      : database_(*db::Database::Create({.url = test_database_->Url("payment_rw"), .pool_size = 2},
                                        registry_)) {}
  void TearDown() override { Sql("DELETE FROM payment.outbox"); }

  // An outbox of payment's that remembers what it delivered, and answers `answer_`.
  Outbox MakeOutbox(int batch = 100) {
    return Outbox({.schema = "payment", .target = "intake", .batch = batch}, *database_, registry_,
                  [this](const std::vector<std::string>& ids, db::Deadline) {
                    delivered_.push_back(ids);
                    if (during_delivery_) during_delivery_();
                    return std::count(ids.begin(), ids.end(), refused_) > 0 ? refusal_ : answer_;
                  });
  }

  // As many orders as a batch takes, the first of which is kOne.
  void EnqueueHundred() {
    Sql("INSERT INTO payment.outbox (payment_id, target, version) SELECT CAST('00000000-0000-7000-"
        "8000-' || lpad(CAST(n AS text), 12, '0') AS uuid), 'intake', 1 FROM generate_series(1, "
        "100) AS n");
  }
  double Counted(const char* name) {
    return registry_.AddCounter(name, "", {{"from", "payment"}, {"to", "intake"}}).Value();
  }
  double Refusals() { return Counted("outbox_refusals_total"); }

  void Enqueue(const std::string& payment_id, const std::string& target = "intake") {
    Sql("INSERT INTO payment.outbox (payment_id, target, version) VALUES ('" + payment_id + "', '" +
        target +
        "', 1) ON CONFLICT (payment_id, target) DO UPDATE SET version = outbox.version + 1, "
        "next_at = now(), "
        "claim = outbox.claim + 1, failures = 0");
  }

  std::string Sql(const std::string& sql) { return test_database_->Query("payment_rw", sql); }
  std::string Waiting() { return Sql("SELECT count(*) FROM payment.outbox"); }
  void MakeAllDue() { Sql("UPDATE payment.outbox SET next_at = now() - interval '1 second'"); }

  static inline std::unique_ptr<test::TestDatabase> test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  std::vector<std::vector<std::string>> delivered_;
  absl::Status answer_;
  // An order that the receiver will not take, and how it says so.
  std::string refused_;
  absl::Status refusal_ = absl::InvalidArgumentError("");
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

TEST_F(OutboxTest, DeliversOneOrderInTheOrdersOwnTrace) {
  logging::Context during;
  during_delivery_ = [&] { during = logging::Current(); };
  Outbox outbox = MakeOutbox();
  const logging::ScopedContext step({"step", logging::ContinueTraceparent("")});
  Enqueue(kOne);
  ASSERT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_EQ(during.payment_id, kOne);
  EXPECT_EQ(during.request_id, "step");
  Enqueue(kOne);
  Enqueue(kTwo);
  ASSERT_EQ(*outbox.RelayBatch(), 2);
  EXPECT_EQ(during.payment_id, "");
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
  EXPECT_EQ(Counted("outbox_put_off_total"), 1);
  EXPECT_EQ(Counted("outbox_delivered_total"), 1);
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

// Claims are counted anew in a new row, so the late one's claim may be that of news which nobody has
// told yet.
TEST_F(OutboxTest, WhoIsLateDeletesNoNewsThatCameAfterItsRowWasGone) {
  Outbox late = MakeOutbox(), other = MakeOutbox();
  Enqueue(kOne);
  during_delivery_ = [&] {
    during_delivery_ = nullptr;
    MakeAllDue();  // the late one's lease has ended
    EXPECT_EQ(*other.RelayBatch(), 1);
    EXPECT_EQ(Waiting(), "0");
    Sql(std::string("INSERT INTO payment.outbox (payment_id, target, version, claim) VALUES ('") +
        kOne + "', 'intake', 2, 1)");
  };
  EXPECT_TRUE(late.RelayBatch().ok());
  EXPECT_EQ(Waiting(), "1");
  answer_ = absl::UnavailableError("");
  during_delivery_ = [&] {
    during_delivery_ = nullptr;
    Sql("UPDATE payment.outbox SET version = 3, next_at = now()");
  };
  EXPECT_TRUE(late.RelayBatch().ok());
  EXPECT_EQ(Sql("SELECT failures FROM payment.outbox"), "0") << "nor does it put it off";
}

TEST_F(OutboxTest, LeavesNoTransactionOpenWhileItDelivers) {
  Outbox outbox = MakeOutbox();
  Enqueue(kOne);
  during_delivery_ = [this] {
    EXPECT_EQ(test_database_->Query("postgres",
                                    "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                    "current_database() AND state LIKE 'idle in transaction%'"),
              "0");
    EXPECT_EQ(Sql("SELECT count(*) FROM payment.outbox WHERE claim = 1 AND next_at - now() "
                  "BETWEEN interval '0' AND interval '30 seconds'"),
              "1")
        << "leased, by the database's clock";
  };
  EXPECT_EQ(*outbox.RelayBatch(), 1);
}

TEST_F(OutboxTest, ARefusedOrderHoldsUpNobodyElses) {
  Outbox outbox = MakeOutbox();
  EnqueueHundred();
  refused_ = kOne;
  testing::internal::CaptureStderr();
  EXPECT_EQ(*outbox.RelayBatch(), 99);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(Sql("SELECT payment_id || ':' || failures FROM payment.outbox WHERE next_at > now()"),
            std::string(kOne) + ":1");
  EXPECT_LT(delivered_.size(), 20u) << "halving asks seldom";
  EXPECT_EQ(Refusals(), 1) << "and an operator can see it";
  EXPECT_THAT(log, testing::HasSubstr("\"severity\":\"error\""));
  EXPECT_THAT(log, testing::HasSubstr(kOne));
}

TEST_F(OutboxTest, ARefusedOrderIsDeliveredOnceItsCauseIsMended) {
  Outbox outbox = MakeOutbox();
  Enqueue(kOne);
  refused_ = kOne;
  EXPECT_EQ(*outbox.RelayBatch(), 0);
  refused_ = "";
  MakeAllDue();
  EXPECT_EQ(*outbox.RelayBatch(), 1);
  EXPECT_EQ(Waiting(), "0");
}

TEST_F(OutboxTest, AnUnreachableReceiverIsAskedOnce) {
  for (const absl::Status& status :
       {absl::UnavailableError(""), absl::DeadlineExceededError(""), absl::AbortedError(""),
        absl::PermissionDeniedError(""), absl::UnimplementedError("")}) {
    Sql("DELETE FROM payment.outbox");
    delivered_.clear();
    Outbox outbox = MakeOutbox();
    EnqueueHundred();
    answer_ = status;
    EXPECT_EQ(*outbox.RelayBatch(), 0);
    EXPECT_THAT(delivered_, SizeIs(1)) << status;
    EXPECT_EQ(Sql("SELECT count(*) FROM payment.outbox WHERE failures = 1"), "100");
  }
  EXPECT_EQ(Refusals(), 0);
}

TEST_F(OutboxTest, LooksBackNoFurtherThanItsWindow) {
  Outbox outbox = MakeOutbox();
  // A claim that took long leaves the window as it was, so the first that hides may be a later one.
  do {
    Enqueue(kOne);
    Sql("UPDATE payment.outbox SET next_at = now() - interval '1 hour'");
  } while (*outbox.RelayBatch() > 0);
  Outbox other = MakeOutbox();
  EXPECT_EQ(*other.RelayBatch(), 1) << "the first look of a relay is at everything";
}

TEST_F(OutboxTest, EachOrderWaitsByItsOwnFailures) {
  Outbox outbox = MakeOutbox();
  EnqueueHundred();
  Sql(std::string("UPDATE payment.outbox SET failures = 20 WHERE payment_id = '") + kOne + "'");
  answer_ = absl::UnavailableError("down");
  EXPECT_EQ(*outbox.RelayBatch(), 0);
  EXPECT_EQ(Sql("SELECT payment_id FROM payment.outbox WHERE next_at > now() + interval '10 "
                "seconds'"),
            kOne);
  EXPECT_GT(Sql("SELECT count(DISTINCT next_at) FROM payment.outbox"), "1") << "and not in step";
}

}  // namespace
}  // namespace fsft::work
