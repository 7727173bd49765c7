// From when on an order is history, state by state. Nobody's data is erased before, nor kept much
// longer.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/test_database.h"

namespace fsft::payment {
namespace {

// The times of an order, each on a day of its own, so that an answer tells which one it is.
constexpr char kMailed[] = "2026-01-01";
constexpr char kSixtyDaysAfter[] = "2026-03-02";
constexpr char kEnded[] = "2026-02-01";
constexpr char kUpdated[] = "2026-02-02";
constexpr char kNever[] = "";

class FinalAtTest : public testing::Test {
 protected:
  // `delivery` may be empty: payment has heard nothing of a letter.
  std::string FinalAt(const std::string& state, int refunded_cents, const std::string& delivery) {
    return database_.Query(
        "payment_rw", "SET LOCAL timezone = 'UTC'; SELECT CAST(payment.final_at('" + state +
                          "', 989, " + std::to_string(refunded_cents) + ", nullif('" + delivery +
                          "', ''), '" + kMailed + "', '" + kEnded + "', '" + kUpdated +
                          "') AS date)");
  }

  test::TestDatabase database_;
};

const std::vector<std::string> kOpenFates = {"queued", "sending", "outcome_unknown", "cancelling"};
const std::vector<std::string> kOnTheirWay = {"mailed", "in_transit"};
const std::vector<std::string> kOver = {"delivered", "returned", "cancelled"};
const std::vector<std::string> kStuck = {"", "dead_letter", "failed_at_printer"};

TEST_F(FinalAtTest, WhatWasNeverPaidIsHistoryFromItsEndOn) {
  for (const char* state : {"expired", "failed"}) EXPECT_EQ(FinalAt(state, 0, ""), kEnded) << state;
}

TEST_F(FinalAtTest, WhatMayStillBePaidOrIsInReviewIsNotHistory) {
  for (const char* state : {"pending", "review"}) {
    for (const char* delivery : {"", "delivered", "cancelled", "mailed"})
      EXPECT_EQ(FinalAt(state, 989, delivery), kNever) << state << " " << delivery;
  }
}

TEST_F(FinalAtTest, ALetterThatHasArrivedIsHistoryWhateverWasRefunded) {
  for (const std::string& delivery : kOver) {
    for (const int refunded : {0, 500, 989})
      EXPECT_EQ(FinalAt("paid", refunded, delivery), kUpdated) << delivery << " " << refunded;
    EXPECT_EQ(FinalAt("refunded", 989, delivery), kUpdated) << delivery;
  }
}

TEST_F(FinalAtTest, ALetterWhoseFateIsOpenIsNoHistoryHoweverMuchWasRefunded) {
  for (const std::string& delivery : kOpenFates) {
    for (const int refunded : {0, 500, 989})
      EXPECT_EQ(FinalAt("paid", refunded, delivery), kNever) << delivery << " " << refunded;
    EXPECT_EQ(FinalAt("refunded", 989, delivery), kNever) << delivery;
  }
}

TEST_F(FinalAtTest, ALetterOnItsWayIsHistorySixtyDaysAfterItWasMailed) {
  for (const std::string& delivery : kOnTheirWay) {
    for (const int refunded : {0, 500})
      EXPECT_EQ(FinalAt("paid", refunded, delivery), kSixtyDaysAfter) << delivery << refunded;
  }
}

TEST_F(FinalAtTest, AFullRefundIsHistoryAtOnceUnlessTheFateIsOpen) {
  for (const auto& deliveries : {kOnTheirWay, kStuck}) {
    for (const std::string& delivery : deliveries) {
      EXPECT_EQ(FinalAt("paid", 989, delivery), kUpdated) << delivery;
      EXPECT_EQ(FinalAt("refunded", 989, delivery), kUpdated) << delivery;
    }
  }
}

TEST_F(FinalAtTest, APaidLetterThatCannotBeMailedWaitsForSomebody) {
  for (const std::string& delivery : kStuck) {
    for (const int refunded : {0, 988})
      EXPECT_EQ(FinalAt("paid", refunded, delivery), kNever) << delivery << " " << refunded;
  }
}

}  // namespace
}  // namespace fsft::payment
