#include "tests/sandbox/api/idempotency.h"

#include <gtest/gtest.h>

#include <chrono>

namespace fsft::sandbox {
namespace {

using State = IdempotencyStore::State;

class Idempotency : public testing::Test {
 protected:
  time::FakeClock clock_{time::TimePoint(std::chrono::hours(490'000))};
  IdempotencyStore store_{clock_};
  const WireAnswer answer_{200, "{}", {}};
};

TEST_F(Idempotency, ReplaysTheFirstAnswer) {
  EXPECT_EQ(store_.Begin("k", "f").state, State::kNew);
  store_.Finish("k", &answer_);
  const IdempotencyStore::Begun again = store_.Begin("k", "f");
  EXPECT_EQ(again.state, State::kReplay);
  EXPECT_EQ(again.stored.body, "{}");
}

TEST_F(Idempotency, TellsOtherParametersApart) {
  store_.Begin("k", "f");
  EXPECT_EQ(store_.Begin("k", "g").state, State::kMismatch);
  store_.Finish("k", &answer_);
  EXPECT_EQ(store_.Begin("k", "g").state, State::kMismatch);
  EXPECT_EQ(store_.Begin("l", "g").state, State::kNew);
}

TEST_F(Idempotency, KnowsThatTheFirstIsStillRunning) {
  store_.Begin("k", "f");
  clock_.Advance(std::chrono::hours(48));
  EXPECT_EQ(store_.Begin("k", "f").state, State::kInFlight);
}

TEST_F(Idempotency, ForgetsAnAnswerThatIsNotToBeKept) {
  store_.Begin("k", "f");
  store_.Finish("k", nullptr);
  EXPECT_EQ(store_.Begin("k", "g").state, State::kNew);
}

TEST_F(Idempotency, ForgetsAfterADayAndNotBefore) {
  store_.Begin("k", "f");
  store_.Finish("k", &answer_);
  clock_.Advance(std::chrono::hours(24) - std::chrono::seconds(1));
  EXPECT_EQ(store_.Begin("k", "f").state, State::kReplay);
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(store_.Begin("k", "f").state, State::kNew);
}

TEST_F(Idempotency, ForgetsWhatIsDoneWhenToldTo) {
  store_.Begin("done", "f");
  store_.Finish("done", &answer_);
  store_.Begin("running", "f");
  store_.ForgetAll();
  EXPECT_EQ(store_.Begin("done", "f").state, State::kNew);
  EXPECT_EQ(store_.Begin("running", "f").state, State::kInFlight);
}

TEST_F(Idempotency, LetsRequestsOverlapWhenToldTo) {
  store_.LetOverlap(true);
  EXPECT_EQ(store_.Begin("k", "f").state, State::kNew);
  EXPECT_EQ(store_.Begin("k", "f").state, State::kNew);
  EXPECT_EQ(store_.Begin("k", "g").state, State::kMismatch);
  store_.Finish("k", nullptr);  // the other still runs: the key is not free
  store_.LetOverlap(false);
  EXPECT_EQ(store_.Begin("k", "f").state, State::kInFlight);
  store_.Finish("k", &answer_);
  EXPECT_EQ(store_.Begin("k", "f").state, State::kReplay);
}

TEST_F(Idempotency, ReplaysAnotherAnswerAfterReplace) {
  store_.Begin("k", "f");
  store_.Finish("k", &answer_);
  store_.Replace("k", {500, "late", {}});
  EXPECT_EQ(store_.Begin("k", "f").stored.status, 500);
}

TEST_F(Idempotency, KeepsTheFirstOfTwoAnswers) {
  store_.LetOverlap(true);
  store_.Begin("k", "f");
  store_.Begin("k", "f");
  store_.Finish("k", &answer_);
  const WireAnswer second{200, "second", {}};
  store_.Finish("k", &second);
  EXPECT_EQ(store_.Begin("k", "f").stored.body, "{}");
}

}  // namespace
}  // namespace fsft::sandbox
