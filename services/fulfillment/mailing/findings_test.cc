#include "services/fulfillment/mailing/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::fulfillment {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Fate = PrintedLetter::Fate;

const MailingPolicy kPolicy;

PrintedLetter Printed(std::string id, Fate fate = Fate::kLive, int generation = 1) {
  return {.letter_id = std::move(id),
          .payment_id = "ours",
          .generation = generation,
          .fate = fate,
          .tracking_number = "",
          .expected_delivery = ""};
}

FollowedLetter Letter(std::string state, std::string known_id = "") {
  FollowedLetter letter;
  letter.payment_id = "ours";
  letter.state = std::move(state);
  letter.letter_id = std::move(known_id);
  letter.age = 5min;
  letter.unsure = letter.letter_id.empty();
  return letter;
}

// `listed` is newest first, as the printer lists.
Findings Found(const FollowedLetter& letter, const std::vector<PrintedLetter>& listed) {
  return FindingsFor(letter, letter.letter_id, listed);
}

TEST(Findings, TheOldestLiveLetterCounts) {
  const Findings findings =
      Found(Letter("sending"), {Printed("ltr_3"), Printed("ltr_2"), Printed("ltr_1")});
  EXPECT_EQ(findings.live->letter_id, "ltr_1");
  EXPECT_THAT(findings.extra_ids, ElementsAre("ltr_2", "ltr_3"));
  EXPECT_FALSE(findings.dead.has_value());
}

TEST(Findings, TheLetterThatWeKnowOfCountsBeforeOlderOnes) {
  const Findings findings = Found(Letter("mailed", "ltr_2"), {Printed("ltr_2"), Printed("ltr_1")});
  EXPECT_EQ(findings.live->letter_id, "ltr_2");
  EXPECT_THAT(findings.extra_ids, ElementsAre("ltr_1"));
}

TEST(Findings, AListThatDoesNotShowTheKnownLetterIsBehindAndDecidesNothing) {
  const Findings findings = Found(Letter("mailed", "ltr_2"), {Printed("ltr_1")});
  EXPECT_FALSE(findings.live.has_value());
  EXPECT_THAT(findings.extra_ids, IsEmpty());
}

TEST(Findings, AStrangersLetterIsNeverOurs) {
  PrintedLetter strange = Printed("ltr_1");
  strange.payment_id = "theirs";
  EXPECT_FALSE(Found(Letter("sending"), {strange}).live.has_value());
}

TEST(Findings, DeadLettersCountForTheirOwnGenerationOnly) {
  FollowedLetter second = Letter("outcome_unknown");
  second.generation = 2;
  EXPECT_FALSE(Found(second, {Printed("ltr_1", Fate::kFailed, 1)}).dead.has_value());
  EXPECT_TRUE(Found(second, {Printed("ltr_2", Fate::kFailed, 2)}).dead.has_value());
  EXPECT_EQ(Found(second, {Printed("ltr_1", Fate::kLive, 1)}).live->letter_id, "ltr_1")
      << "a live one is on its way, whatever its generation";
}

TEST(Proof, ALetterThatIsListedIsMailed) {
  const auto proof = Proof(Found(Letter("sending"), {Printed("ltr_1")}), kPolicy);
  EXPECT_EQ(proof->to_state, "mailed");
  EXPECT_EQ(proof->letter_id, "ltr_1");
  EXPECT_FALSE(proof->unsure);
  EXPECT_EQ(proof->pause, 1min) << "and is looked at a minute later";
}

TEST(Proof, ADeadLetterWasAcceptedAndIsNotSentAgainByItself) {
  const FollowedLetter letter = Letter("sending");
  const auto failed = Proof(Found(letter, {Printed("ltr_1", Fate::kFailed)}), kPolicy);
  EXPECT_EQ(failed->to_state, "failed_at_printer");
  EXPECT_EQ(failed->reason, "printer_failed");
  const auto deleted = Proof(Found(letter, {Printed("ltr_1", Fate::kDeleted)}), kPolicy);
  EXPECT_EQ(deleted->reason, "printer_deleted");
}

TEST(Proof, NothingListedProvesNothing) {
  EXPECT_FALSE(Proof(Found(Letter("sending"), {}), kPolicy).has_value());
}

TEST(AfterLook, ALetterThatIsStillThereIsLookedAtAgainWhenItIsTwiceAsOld) {
  FollowedLetter letter = Letter("in_transit", "ltr_1");
  letter.age = 3h;
  const Decision decision = AfterLook(letter, Found(letter, {Printed("ltr_1")}), kPolicy);
  EXPECT_EQ(decision.to_state, "in_transit");
  EXPECT_EQ(decision.letter_id, "") << "nothing new";
  EXPECT_EQ(decision.pause, 3h);
}

TEST(AfterLook, WhenOursFailedAnotherThatIsLiveTakesItsPlace) {
  const FollowedLetter letter = Letter("mailed", "ltr_1");
  const Decision decision = AfterLook(
      letter, Found(letter, {Printed("ltr_2"), Printed("ltr_1", Fate::kFailed)}), kPolicy);
  EXPECT_EQ(decision.to_state, "mailed");
  EXPECT_EQ(decision.letter_id, "ltr_2");
}

TEST(AfterLook, ALetterThatFailedIsAnOperatorsMatter) {
  const FollowedLetter letter = Letter("mailed", "ltr_1");
  const Decision decision =
      AfterLook(letter, Found(letter, {Printed("ltr_1", Fate::kFailed)}), kPolicy);
  EXPECT_EQ(decision.to_state, "failed_at_printer");
}

TEST(AfterLook, ALateListChangesNothing) {
  const FollowedLetter letter = Letter("mailed", "ltr_1");
  EXPECT_EQ(AfterLook(letter, Found(letter, {}), kPolicy).to_state, "mailed");
}

TEST(AfterSearch, AMissAloneProvesNothing) {
  FollowedLetter letter = Letter("outcome_unknown");
  letter.misses = 2;
  for (const auto& [counts, control_seen] : {std::pair(false, true), std::pair(true, false)}) {
    letter.miss_counts = counts;
    const Decision decision = AfterSearch(letter, {}, control_seen, kPolicy);
    EXPECT_EQ(decision.to_state, "outcome_unknown");
    EXPECT_FALSE(decision.counted_miss);
    EXPECT_TRUE(decision.unsure);
  }
}

TEST(AfterSearch, MissesThatCountAreAnHourApart) {
  FollowedLetter letter = Letter("outcome_unknown");
  letter.miss_counts = true;
  const Decision decision = AfterSearch(letter, {}, /*control_seen=*/true, kPolicy);
  EXPECT_TRUE(decision.counted_miss);
  EXPECT_EQ(decision.pause, 1h);
  EXPECT_EQ(decision.reason, "not_found_yet");
}

TEST(AfterSearch, TheThirdOneProvesItAndAnOperatorDecides) {
  FollowedLetter letter = Letter("outcome_unknown");
  letter.miss_counts = true;
  letter.misses = 2;
  const Decision decision = AfterSearch(letter, {}, true, kPolicy);
  EXPECT_EQ(decision.to_state, "outcome_unknown") << "never sent again by itself";
  EXPECT_TRUE(decision.counted_miss);
  EXPECT_EQ(decision.reason, "not_at_printer");
}

TEST(AfterSearch, TheSameProofCancelsWhatIsToBeCancelled) {
  FollowedLetter letter = Letter("cancelling");
  letter.miss_counts = true;
  letter.misses = 2;
  EXPECT_EQ(AfterSearch(letter, {}, true, kPolicy).to_state, "cancelled");
  letter.misses = 1;
  EXPECT_EQ(AfterSearch(letter, {}, true, kPolicy).to_state, "cancelling");
}

TEST(AfterSearch, ALetterOnHoldThatWasNeverFoundIsOfUnknownOutcome) {
  FollowedLetter letter = Letter("sending");
  EXPECT_EQ(AfterSearch(letter, {}, false, kPolicy).to_state, "sending");
  letter.unsure_too_long = true;
  EXPECT_EQ(AfterSearch(letter, {}, false, kPolicy).to_state, "outcome_unknown");
}

TEST(AfterSearch, ProofIsProofWhateverTheState) {
  const FollowedLetter letter = Letter("outcome_unknown");
  EXPECT_EQ(AfterSearch(letter, Found(letter, {Printed("ltr_1")}), false, kPolicy).to_state,
            "mailed");
}

TEST(AfterCancel, WhatThePrinterSaysBecomesOfTheOrder) {
  const FollowedLetter letter = Letter("cancelling", "ltr_1");
  EXPECT_EQ(AfterCancel(Cancelled{}, letter, "ltr_1", kPolicy).to_state, "cancelled");
  const Decision late = AfterCancel(TooLate{}, letter, "ltr_1", kPolicy);
  EXPECT_EQ(late.to_state, "mailed");
  EXPECT_EQ(late.reason, "too_late_to_cancel");
  EXPECT_EQ(late.letter_id, "ltr_1");
  const Decision later = AfterCancel(NotNow{}, letter, "ltr_1", kPolicy);
  EXPECT_EQ(later.to_state, "cancelling");
  EXPECT_EQ(later.letter_id, "");
}

}  // namespace
}  // namespace fsft::fulfillment
