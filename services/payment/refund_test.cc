#include "services/payment/refund.h"

#include <gtest/gtest.h>

namespace fsft::payment {
namespace {

DueRefund Refund(bool leaves_nothing, bool is_after_mailing, bool is_forced) {
  return {.leaves_nothing = leaves_nothing,
          .is_forced = is_forced,
          .is_after_mailing = is_after_mailing};
}

TEST(VerdictOn, ALetterThatIsNotMailedIsHeldWhateverTheRefund) {
  for (const char* letter : {"", "queued", "dead_letter", "failed_at_printer", "cancelled"}) {
    for (const bool leaves_nothing : {true, false}) {
      EXPECT_EQ(VerdictOn(letter, Refund(leaves_nothing, false, false)), LetterVerdict::kHeld)
          << letter;
    }
  }
}

TEST(VerdictOn, ALetterOnItsWayToThePrinterIsWaitedForEvenWithForce) {
  for (const char* letter : {"sending", "cancelling"}) {
    EXPECT_EQ(VerdictOn(letter, Refund(true, false, false)), LetterVerdict::kWait) << letter;
    EXPECT_EQ(VerdictOn(letter, Refund(true, true, true)), LetterVerdict::kWait) << letter;
  }
}

TEST(VerdictOn, AnUnknownOutcomeIsWaitedForUnlessItIsForced) {
  EXPECT_EQ(VerdictOn("outcome_unknown", Refund(true, false, false)), LetterVerdict::kWait);
  EXPECT_EQ(VerdictOn("outcome_unknown", Refund(false, false, false)), LetterVerdict::kWait);
  EXPECT_EQ(VerdictOn("outcome_unknown", Refund(true, false, true)), LetterVerdict::kMailed);
}

TEST(VerdictOn, WhatWasAskedForInsteadOfALetterComesTooLateForAMailedOne) {
  for (const char* letter : {"mailed", "in_transit", "delivered", "returned"}) {
    EXPECT_EQ(VerdictOn(letter, Refund(true, false, false)), LetterVerdict::kTooLate) << letter;
    // The operator knew, or wants it all the same.
    EXPECT_EQ(VerdictOn(letter, Refund(true, true, false)), LetterVerdict::kMailed) << letter;
    EXPECT_EQ(VerdictOn(letter, Refund(true, false, true)), LetterVerdict::kMailed) << letter;
    // A part of the money is no letter.
    EXPECT_EQ(VerdictOn(letter, Refund(false, false, false)), LetterVerdict::kMailed) << letter;
  }
}

}  // namespace
}  // namespace fsft::payment
