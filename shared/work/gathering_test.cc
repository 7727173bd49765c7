#include "shared/work/gathering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>

namespace fsft::work {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr std::chrono::seconds kLong{20};

Deadline Soon() { return std::chrono::steady_clock::now() + kLong; }

// A service that holds each call until it is let go, and answers "answer to X".
class Service {
 public:
  absl::StatusOr<std::vector<std::string>> Send(std::span<const std::string* const> requests) {
    std::unique_lock lock(mutex_);
    std::vector<std::string>& call = calls_.emplace_back();
    for (const std::string* request : requests) call.push_back(*request);
    std::vector<std::string> answers;
    for (const std::string& request : call) answers.push_back("answer to " + request);
    changed_.notify_all();
    changed_.wait(lock, [this] { return let_go_ > 0; });
    --let_go_;
    if (!error_.ok()) return error_;
    if (forgets_one_) answers.pop_back();
    return answers;
  }

  void LetGo(int calls = 1) {
    const std::lock_guard lock(mutex_);
    let_go_ += calls;
    changed_.notify_all();
  }

  std::vector<std::vector<std::string>> AwaitCalls(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return calls_.size() >= count; });
    return calls_;
  }

  void Fail(absl::Status error) { error_ = std::move(error); }
  void ForgetOne() { forgets_one_ = true; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::vector<std::string>> calls_;
  int let_go_ = 0;
  absl::Status error_;
  bool forgets_one_ = false;
};

class GatheringTest : public testing::Test {
 protected:
  using Strings = Gathering<std::string, std::string>;
  using Answer = std::future<absl::StatusOr<std::string>>;

  static Answer Ask(Strings& gathering, const std::string& request) {
    return std::async(std::launch::async,
                      [&gathering, request] { return gathering.Call(request, Soon()); });
  }
  Answer Ask(const std::string& request) { return Ask(gathering_, request); }

  Strings::Send Send() {
    return [this](std::span<const std::string* const> requests, Deadline) {
      return service_.Send(requests);
    };
  }

  // Until so many wait for a call that is under way: nobody else can see them.
  void AwaitWaiting(size_t count) {
    while (gathering_.waiting() < count) std::this_thread::yield();
  }

  Service service_;
  // Patient: what these tests hold is not to be gone past.
  Strings gathering_{{.at_once = 1, .most = 3, .patience = kLong}, Send()};
};

TEST_F(GatheringTest, OneAloneGoesAtOnce) {
  service_.LetGo();
  EXPECT_EQ(*Ask("a").get(), "answer to a");
  EXPECT_THAT(service_.AwaitCalls(1), ElementsAre(ElementsAre("a")));
}

TEST_F(GatheringTest, ThoseWhoComeMeanwhileGoTogetherAndGetTheirOwnAnswers) {
  Answer a = Ask("a");
  service_.AwaitCalls(1);
  Answer b = Ask("b");
  Answer c = Ask("c");
  AwaitWaiting(2);
  service_.LetGo(2);
  EXPECT_EQ(*a.get(), "answer to a");
  EXPECT_EQ(*b.get(), "answer to b");
  EXPECT_EQ(*c.get(), "answer to c");
  EXPECT_THAT(service_.AwaitCalls(2),
              ElementsAre(ElementsAre("a"), UnorderedElementsAre("b", "c")));
}

TEST_F(GatheringTest, NoMoreThanItsMostGoTogether) {
  Answer first = Ask("first");
  service_.AwaitCalls(1);
  std::vector<Answer> others;
  for (int i = 0; i < 7; ++i) others.push_back(Ask("other"));
  AwaitWaiting(7);
  service_.LetGo(4);
  for (Answer& other : others) EXPECT_EQ(*other.get(), "answer to other");
  const auto calls = service_.AwaitCalls(4);
  EXPECT_EQ(calls[1].size(), 3);
  EXPECT_EQ(calls[2].size(), 3);
  EXPECT_EQ(calls[3].size(), 1);
}

TEST_F(GatheringTest, AnErrorIsToldToAllWhoWentTogether) {
  service_.Fail(absl::UnavailableError("nobody there"));
  Answer a = Ask("a");
  service_.AwaitCalls(1);
  Answer b = Ask("b");
  Answer c = Ask("c");
  AwaitWaiting(2);
  service_.LetGo(2);
  for (Answer* answer : {&a, &b, &c}) EXPECT_TRUE(absl::IsUnavailable(answer->get().status()));
}

TEST_F(GatheringTest, AnErrorThatMayBeOfOneSendsEachOfThemAgainByItself) {
  Strings choosy(
      {.at_once = 1,
       .most = 3,
       .patience = kLong,
       .may_be_of_one = [](const absl::Status& error) { return absl::IsInternal(error); }},
      [this](std::span<const std::string* const> requests,
             Deadline) -> absl::StatusOr<std::vector<std::string>> {
        auto answers = service_.Send(requests);
        for (const std::string* request : requests) {
          if (*request == "bad") return absl::InternalError("a bad one");
        }
        return answers;
      });
  Answer first = Ask(choosy, "first");
  service_.AwaitCalls(1);
  Answer good = Ask(choosy, "good");
  Answer bad = Ask(choosy, "bad");
  while (choosy.waiting() < 2) std::this_thread::yield();
  service_.LetGo(4);
  EXPECT_TRUE(first.get().ok());
  EXPECT_EQ(*good.get(), "answer to good");
  EXPECT_TRUE(absl::IsInternal(bad.get().status()));
  EXPECT_THAT(service_.AwaitCalls(4),
              UnorderedElementsAre(ElementsAre("first"), UnorderedElementsAre("good", "bad"),
                                   ElementsAre("good"), ElementsAre("bad")));
}

TEST_F(GatheringTest, TooFewAnswersAreNobodysAnswer) {
  service_.ForgetOne();
  service_.LetGo();
  EXPECT_EQ(Ask("a").get().status().code(), absl::StatusCode::kInternal);
}

TEST_F(GatheringTest, WhoHasWaitedLongEnoughGoesPastACallThatHangs) {
  Strings impatient({.at_once = 1, .most = 3, .patience = std::chrono::milliseconds(20)}, Send());
  Answer hanging = Ask(impatient, "hanging");
  service_.AwaitCalls(1);
  Answer next = Ask(impatient, "next");
  EXPECT_THAT(service_.AwaitCalls(2), ElementsAre(ElementsAre("hanging"), ElementsAre("next")));
  service_.LetGo(2);
  EXPECT_EQ(*hanging.get(), "answer to hanging");
  EXPECT_EQ(*next.get(), "answer to next");

  service_.LetGo();
  EXPECT_EQ(*Ask(impatient, "later").get(), "answer to later") << "and then it is as before";
}

TEST_F(GatheringTest, SomeCallsMayBeUnderWayAtOnce) {
  Strings two({.at_once = 2, .most = 3}, Send());
  Answer a = Ask(two, "a");
  Answer b = Ask(two, "b");
  EXPECT_THAT(service_.AwaitCalls(2), UnorderedElementsAre(ElementsAre("a"), ElementsAre("b")));
  service_.LetGo(2);
  EXPECT_TRUE(a.get().ok());
  EXPECT_TRUE(b.get().ok());
}

TEST_F(GatheringTest, ManyAtOnceAllGetTheirOwnAnswers) {
  service_.LetGo(100'000);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < 500; ++i) {
        const std::string request = std::to_string(thread) + "." + std::to_string(i);
        const auto answer = gathering_.Call(request, Soon());
        ASSERT_TRUE(answer.ok()) << answer.status();
        EXPECT_EQ(*answer, "answer to " + request);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace fsft::work
