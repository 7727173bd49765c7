// Many letters, several replicas, and the traces that mailed letters leave behind.

#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <thread>

#include "absl/strings/str_replace.h"
#include "services/fulfillment/mailing/fake_printer.h"
#include "services/fulfillment/mailing/mailer.h"
#include "services/fulfillment/mailing/mailing_sql.h"
#include "services/fulfillment/test_orders.h"
#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "tests/support/explain.h"
#include "tests/support/old_snapshot.h"

namespace fsft::fulfillment {
namespace {

// Intake with one submission for everybody.
class OneSubmission final : public Submissions {
 public:
  OneSubmission() {
    Submission submission;
    submission.mutable_sender()->set_name("Ada Rider");
    submission.set_letter_text("The only sign on that block was covered.");
    bytes_ = submission.SerializeAsString();
  }
  absl::StatusOr<std::string> Fetch(const std::string&, rpc::Deadline) override { return bytes_; }
  absl::StatusOr<std::string> FetchExhibit(const std::string&, rpc::Deadline) override {
    return absl::NotFoundError("it has none");
  }
  std::string Sha256() const { return crypto::Sha256(bytes_); }

 private:
  std::string bytes_;
};

class MailingScaleTest : public LettersTest {
 protected:
  // Letters with the numbers of (from, to], due since then.
  void Enqueue(int from, int to, const std::string& due = "now()") {
    // A letter needs a payment; who is behind it does not matter here.
    Sql(absl::StrReplaceAll(R"sql(
        SET session_replication_role = replica;
        INSERT INTO fulfillment.letters (payment_id, order_version, want, intake_id, draft_id, content_sha256,
                                         appeal_type, paid_at, state, next_at)
        SELECT id, 1, 'mail', id, id, decode('$sha256', 'hex'), 'standard', now(), 'queued', $due
        FROM (SELECT CAST('00000000-0000-7000-8000-' || lpad(CAST(n AS text), 12, '0') AS uuid) AS id
              FROM generate_series($from + 1, $to) AS n) AS numbers)sql",
                            {{"$sha256", crypto::HexEncode(submissions_.Sha256())},
                             {"$due", due},
                             {"$from", std::to_string(from)},
                             {"$to", std::to_string(to)}}));
  }

  // The pages that the claim of one letter touches.
  int64_t ClaimBuffers(const std::string& back_seconds) {
    Enqueue(measured_, measured_ + 1);
    ++measured_;
    const int64_t buffers =
        test::BuffersOf(*test_database_, "fulfillment_rw", std::string(sql::kClaim.sql),
                        {{"key", "'k'"},
                         {"back", back_seconds},
                         {"lease", "3600"},
                         {"unsure", "43200"},
                         {"fresh", "600"},
                         {"livemode", "false"}});
    EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.letters WHERE claim = 1 AND next_at > now()"),
              std::to_string(++claimed_));
    return buffers;
  }

  // So many letters are claimed and leave the queue, as mailed ones do.
  void Pass(int from, int to) {
    Enqueue(from, to, "now() - interval '5 minutes' - interval '1 hour' * random()");
    Sql("SET session_replication_role = replica;"
        "UPDATE fulfillment.letters SET state = 'cancelled', claim = 2 WHERE claim = 0");
  }

  void Report(const std::string& circumstances, int passed, int64_t buffers) {
    RecordProperty("buffers_" + circumstances + "_after_" + std::to_string(passed),
                   std::to_string(buffers));
    std::cout << "claim of a letter, " << circumstances << ", after " << passed
              << " letters: " << buffers << " buffers" << std::endl;
  }

  void ExpectFlatClaims(const std::string& circumstances) {
    int passed = 0;
    int64_t at_first = 0;
    for (const int goal : {0, 5'000, 20'000}) {
      Pass(passed, goal);
      passed = goal;
      const int64_t buffers = ClaimBuffers(kWindow);
      if (passed == 0) at_first = buffers;
      Report(circumstances, passed, buffers);
      EXPECT_LE(buffers, 2 * at_first) << "after " << passed << " letters";
    }
  }

  void TearDown() override {
    // None of these was ever told to payment; what the base class checks is not about them. Truncated,
    // so that the next test starts with new pages.
    Sql("TRUNCATE fulfillment.notifications, fulfillment.letters, fulfillment.outbox, "
        "fulfillment.audit_log");
  }

  // A minute: more than ClaimWindow's margin, so that a busy machine does not hide what is measured.
  const std::string kWindow = "60";
  OneSubmission submissions_;
  int measured_ = 1'000'000;
  int claimed_ = 0;
};

TEST_F(MailingScaleTest, AClaimCostsTheSameAfterTwentyThousandLetters) {
  ExpectFlatClaims("undisturbed");
}

TEST_F(MailingScaleTest, AClaimCostsTheSameUnderAnOldSnapshot) {
  const test::OldSnapshot forgotten(test_database_->Url("fsft_owner"));
  ExpectFlatClaims("old_snapshot");
  const int64_t everything = ClaimBuffers("1e8");
  Report("old_snapshot_and_without_a_window", 20'000, everything);
  EXPECT_GT(everything, 10 * ClaimBuffers(kWindow))
      << "the letters must still be there for this test to show anything";
}

TEST_F(MailingScaleTest, FourReplicasMailAThousandLettersOnceEach) {
  constexpr int kLetters = 1'000;
  Enqueue(0, kLetters);
  const std::string key(64, 'a');
  const auto ring =
      *crypto::KeyRing::Parse("wrap:w:" + key + "\nlookup:l:" + key + "\ntoken:t:" + key + "\n");
  crypto::FixedKeys keys(ring);
  const auto typesetter = *Typesetter::Create();
  FakePrinter printer;
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([&] {
      const auto database = *db::Database::Create(
          {.url = test_database_->Url("fulfillment_rw"), .pool_size = 2}, registry_);
      MailingStore store(
          *database, [] { return std::string("key of the replicas"); }, /*livemode=*/false);
      Mailer mailer(store, submissions_, *typesetter, printer, keys, registry_, {});
      while (true) {
        const auto found = mailer.MailOne();
        ASSERT_TRUE(found.ok()) << found.status();
        if (*found == 0) return;
      }
    });
  }
  for (std::thread& replica : replicas) replica.join();
  std::map<std::string, int> printed;
  for (const PrintJob& job : printer.jobs) ++printed[job.payment_id];
  EXPECT_EQ(printed.size(), kLetters);
  for (const auto& [id, times] : printed) EXPECT_EQ(times, 1) << id;
  EXPECT_EQ(Sql("SELECT count(*) FROM fulfillment.letters WHERE state = 'mailed' AND attempt = 1"),
            std::to_string(kLetters));
}

}  // namespace
}  // namespace fsft::fulfillment
