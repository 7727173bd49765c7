#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "services/fulfillment/letters_store.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "shared/metrics/metrics.h"
#include "tests/support/test_database.h"

namespace fsft::fulfillment {

// What `mailing_` takes for the fingerprint of the printer's key.
inline constexpr char kKeyOfTheTests[] = "key of the tests";

// For tests: a store on a database of the suite's own, connected as the production role. Each test
// starts without letters.
class LettersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { test_database_ = std::make_unique<test::TestDatabase>(); }
  static void TearDownTestSuite() { test_database_.reset(); }
  LettersTest();

  // Intake, draft and payment of a new order, as their services would have made them; answers its
  // first MAIL.
  WantedLetter NewOrder();
  // The same, told to the store.
  WantedLetter PutNewOrder();
  std::string Put(WantedLetter order, std::string want, int64_t version);

  // Runs SQL as the superuser, for what no production role may do: looking into other schemas, and
  // turning the clock.
  std::string Sql(const std::string& sql) const { return test_database_->Query("postgres", sql); }
  // One column of a letter, as text.
  std::string Column(const std::string& payment_id, const std::string& column) const;
  std::string State(const std::string& payment_id) const { return Column(payment_id, "state"); }
  void MakeDue(const std::string& payment_id) const;
  // Moves the only letter as somebody else would, in a transaction that ends when others wait for
  // it. Returns when it holds the letter; `changes` are what the move sets.
  std::future<void> MoveWhileOthersWait(const std::string& payment_id, const std::string& from,
                                        const std::string& changes) const;

  // The trail of each letter leads from nothing to the row's state without a gap, and payment is to
  // hear of the newest version.
  void ExpectWholeTrails() const;

  std::optional<ClaimedLetter> Claim(std::chrono::seconds lease = std::chrono::seconds(120));
  std::optional<FollowedLetter> Followed();
  static db::Deadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

  static inline std::unique_ptr<test::TestDatabase> test_database_;
  metrics::Registry registry_;
  std::unique_ptr<db::Database> database_;
  LettersStore store_;
  MailingStore mailing_;

  void TearDown() override;
};

}  // namespace fsft::fulfillment
