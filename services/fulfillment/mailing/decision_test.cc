#include "services/fulfillment/mailing/decision.h"

#include <gtest/gtest.h>

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;
using Cause = NotNow::Cause;

const MailingPolicy kPolicy;

Lease Letter(bool unsure, int failures = 0) {
  Lease letter;
  letter.state = "sending";
  letter.failures = failures;
  letter.unsure = unsure;
  return letter;
}

Decision After(const PrintAnswer& answer, bool unsure, int failures = 0) {
  return AfterAnswer(answer, Letter(unsure, failures), kPolicy);
}

TEST(Decision, AcceptanceMailsWhateverWasUnsure) {
  for (bool unsure : {false, true}) {
    const Decision decision = After(
        Accepted{.letter_id = "ltr_1", .tracking_number = "9", .expected_delivery = ""}, unsure);
    EXPECT_EQ(decision.to_state, "mailed");
    EXPECT_EQ(decision.letter_id, "ltr_1");
    EXPECT_EQ(decision.reason, "");
    EXPECT_FALSE(decision.unsure);
  }
}

TEST(Decision, OnlyAcceptanceMailsAndOnlyProofClearsADoubt) {
  const struct {
    PrintAnswer answer;
    const char* when_sure;
    const char* when_unsure;
  } kCases[] = {{Refused{"printer_refused_invalid"}, "dead_letter", "outcome_unknown"},
                {NotNow{.cause = Cause::kUnreachable}, "queued", "sending"},
                {NotNow{.cause = Cause::kCredentials}, "queued", "sending"},
                {NotNow{.cause = Cause::kRateLimited}, "queued", "sending"},
                {Unknown{"printer_timeout"}, "sending", "sending"}};
  for (const auto& c : kCases) {
    const Decision sure = After(c.answer, false);
    EXPECT_EQ(sure.to_state, c.when_sure) << c.answer.index();
    EXPECT_EQ(sure.unsure, std::holds_alternative<Unknown>(c.answer)) << c.answer.index();
    EXPECT_NE(sure.reason, "") << c.answer.index();
    const Decision unsure = After(c.answer, true);
    EXPECT_EQ(unsure.to_state, c.when_unsure) << c.answer.index();
    EXPECT_TRUE(unsure.unsure) << c.answer.index();
  }
}

TEST(Decision, AnUnsureLetterIsNotPostedAgainBeforeTheMinimum) {
  for (const PrintAnswer& answer :
       {PrintAnswer(Unknown{"printer_timeout"}), PrintAnswer(NotNow{}),
        PrintAnswer(NotNow{.cause = Cause::kRateLimited, .retry_after = 5s})}) {
    EXPECT_GE(After(answer, true).pause, kPolicy.retry_min);
  }
  EXPECT_GE(After(Unknown{"printer_timeout"}, false).pause, kPolicy.retry_min);
}

TEST(Decision, PausesDoubleUpToAnHour) {
  EXPECT_LE(After(NotNow{}, false, 0).pause, 36s);
  EXPECT_GE(After(NotNow{}, false, 1).pause, 48s);
  EXPECT_GE(After(NotNow{}, false, 20).pause, 48min);
  EXPECT_LE(After(NotNow{}, false, 20).pause, 72min);
}

TEST(Decision, ObeysRetryAfter) {
  EXPECT_EQ(After(NotNow{.cause = Cause::kRateLimited, .retry_after = 17s}, false).pause, 17s);
  EXPECT_EQ(After(NotNow{.cause = Cause::kRateLimited}, false).pause, 30s);
}

TEST(Decision, GivesUpAfterTwentyFourFailures) {
  EXPECT_EQ(After(NotNow{}, false, 22).to_state, "queued");
  EXPECT_EQ(After(NotNow{}, false, 23).to_state, "dead_letter");
  EXPECT_EQ(After(NotNow{}, true, 23).to_state, "outcome_unknown");
  EXPECT_EQ(After(Unknown{"printer_timeout"}, false, 22).to_state, "sending");
  EXPECT_EQ(After(Unknown{"printer_timeout"}, false, 23).to_state, "outcome_unknown");
}

TEST(Decision, WhatIsNoFaultOfTheLetterNeverCountsAgainstIt) {
  for (Cause cause : {Cause::kCredentials, Cause::kRateLimited}) {
    const Decision decision = After(NotNow{.cause = cause}, false, 23);
    EXPECT_EQ(decision.to_state, "queued");
    EXPECT_EQ(decision.failures, 23);
  }
  Lease queued = Letter(false, 23);
  queued.state = "queued";
  const Decision decision = TryLater("intake_unavailable", queued, kPolicy);
  EXPECT_EQ(decision.to_state, "queued");
  EXPECT_EQ(decision.failures, 23);
  EXPECT_GE(decision.pause, 24s);
}

TEST(Decision, ARefusedKeyIsSaidSo) {
  const NotNow refused{.cause = Cause::kCredentials, .refused_key = "k"};
  EXPECT_EQ(After(refused, false).refused_key, "k");
  EXPECT_EQ(TryLater(refused, Letter(true), kPolicy).refused_key, "k");
  EXPECT_EQ(After(NotNow{.cause = Cause::kRateLimited}, false).refused_key, "");
}

TEST(Decision, ASearchWithoutAnAnswerCostsNothingButTime) {
  const Decision decision =
      TryLater(NotNow{.cause = Cause::kRateLimited, .retry_after = 9s}, Letter(true, 5), kPolicy);
  EXPECT_EQ(decision.to_state, "sending");
  EXPECT_EQ(decision.failures, 5);
  EXPECT_TRUE(decision.unsure);
  EXPECT_EQ(decision.pause, 9s);
}

TEST(Decision, WhoStopsGivesALetterBackAsItWas) {
  const Decision decision = TryLater(NotNow{.cause = Cause::kStopping}, Letter(true, 5), kPolicy);
  EXPECT_EQ(decision.to_state, "sending");
  EXPECT_EQ(decision.reason, "");
  EXPECT_EQ(decision.failures, 5);
  EXPECT_TRUE(decision.unsure);
  EXPECT_EQ(decision.pause, 0s);
}

TEST(Decision, GivingUpNeverForgetsADoubt) {
  EXPECT_EQ(GiveUp("content_mismatch", Letter(false)).to_state, "dead_letter");
  EXPECT_EQ(GiveUp("content_mismatch", Letter(true)).to_state, "outcome_unknown");
  EXPECT_TRUE(GiveUp("content_mismatch", Letter(true)).unsure);
}

}  // namespace
}  // namespace fsft::fulfillment
