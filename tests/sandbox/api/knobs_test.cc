#include "tests/sandbox/api/knobs.h"

#include <gtest/gtest.h>

#include <future>

namespace fsft::sandbox {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{10'000};

Knob Parsed(const char* text) {
  const absl::StatusOr<Knob> knob = Knobs::Parse(Json::parse(text));
  EXPECT_TRUE(knob.ok()) << knob.status();
  return knob.ok() ? *knob : Knob{};
}

TEST(Knobs, FailsOneCallUnlessToldOtherwise) {
  Knobs knobs;
  knobs.Set(Parsed(R"({"operation":"a","fail_status":500})"));
  EXPECT_FALSE(knobs.Pass("b", Point::kArrival));
  EXPECT_FALSE(knobs.Pass("a", Point::kAnswer));
  const std::optional<Failure> failure = knobs.Pass("a", Point::kArrival);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->status, 500);
  EXPECT_TRUE(failure->stored);
  EXPECT_FALSE(knobs.Pass("a", Point::kArrival));
}

TEST(Knobs, FailsAsOftenAsTimesSays) {
  Knobs knobs;
  knobs.Set(Parsed(R"({"operation":"a*","fail_status":429,"times":2,"point":"answer",
                       "headers":{"Retry-After":"3"}})"));
  const std::optional<Failure> failure = knobs.Pass("a.b", Point::kAnswer);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->headers, (Headers{{"Retry-After", "3"}}));
  EXPECT_TRUE(knobs.Pass("a.c", Point::kAnswer));
  EXPECT_FALSE(knobs.Pass("a.b", Point::kAnswer));
}

TEST(Knobs, HoldsUntilReleased) {
  Knobs knobs;
  knobs.Set(Parsed(R"({"operation":"a","hold":true})"));
  auto held = std::async(std::launch::async, [&] { knobs.Pass("a", Point::kAnswer); });
  EXPECT_EQ(knobs.WaitUntilHeld("a", 1, kLong), 1);
  EXPECT_EQ(held.wait_for(milliseconds(0)), std::future_status::timeout);
  knobs.Release("a");
  held.get();
  EXPECT_EQ(knobs.WaitUntilHeld("a", 0, milliseconds(0)), 0);
  EXPECT_FALSE(knobs.Pass("a", Point::kAnswer));
}

TEST(Knobs, HoldsOnlyAsManyAsTimesSays) {
  Knobs knobs;
  knobs.Set(Parsed(R"({"operation":"a","hold":true,"times":1})"));
  auto held = std::async(std::launch::async, [&] { knobs.Pass("a", Point::kAnswer); });
  EXPECT_EQ(knobs.WaitUntilHeld("a", 1, kLong), 1);
  EXPECT_FALSE(knobs.Pass("a", Point::kAnswer));  // would never return if it were held too
  knobs.Release("");
  held.get();
}

TEST(Knobs, LooksAtWhatTheCallIsAbout) {
  Knobs knobs;
  knobs.Set(Parsed(R"({"operation":"a","fail_status":500,"where":{"form":{"n":"1"}}})"));
  EXPECT_FALSE(knobs.Pass("a", Point::kArrival));
  EXPECT_FALSE(knobs.Pass("a", Point::kArrival, [] { return Json{{"form", {{"n", "2"}}}}; }));
  EXPECT_TRUE(knobs.Pass("a", Point::kArrival, [] { return Json{{"form", {{"n", "1"}}}}; }));
}

TEST(Knobs, ReleaseOneAtATime) {
  Knobs knobs;
  const uint64_t first = knobs.Set(Parsed(R"({"operation":"a","hold":true,"times":1})"));
  auto one = std::async(std::launch::async, [&] { knobs.Pass("a", Point::kAnswer); });
  EXPECT_EQ(knobs.WaitUntilHeld("a", 1, kLong), 1);
  const uint64_t second = knobs.Set(Parsed(R"({"operation":"a","hold":true})"));
  auto two = std::async(std::launch::async, [&] { knobs.Pass("a", Point::kAnswer); });
  EXPECT_EQ(knobs.WaitUntilHeld("a", 2, kLong), 2);
  knobs.ReleaseOne(second);
  two.get();
  EXPECT_EQ(one.wait_for(milliseconds(0)), std::future_status::timeout);
  knobs.ReleaseOne(first);
  one.get();
}

TEST(Knobs, ActOnWebhooksAsTheyLeave) {
  EXPECT_EQ(Parsed(R"({"operation":"stripe.webhook","hold":true})").point, Point::kArrival);
  const Knob drop = Parsed(R"({"operation":"lob.webhook","drop":true})");
  EXPECT_EQ(drop.point, Point::kArrival);
  EXPECT_EQ(drop.times, 1);
}

TEST(Knobs, StopLetsEverythingGo) {
  Knobs knobs;
  knobs.Set(Parsed(R"({"operation":"a","hold":true})"));
  knobs.Set(Parsed(R"({"operation":"b","delay_ms":3600000})"));
  auto held = std::async(std::launch::async, [&] { knobs.Pass("a", Point::kAnswer); });
  auto delayed = std::async(std::launch::async, [&] { knobs.Pass("b", Point::kAnswer); });
  EXPECT_EQ(knobs.WaitUntilHeld("a", 1, kLong), 1);
  knobs.Stop();
  held.get();
  delayed.get();
}

TEST(Knobs, RefusesWhatItDoesNotUnderstand) {
  for (const char* text :
       {R"([])", R"({})", R"({"operation":"a"})", R"({"operation":"a","holt":true})",
        R"({"operation":"a","hold":true,"point":"nowhere"})", R"({"operation":"a","hold":"yes"})",
        R"({"operation":"a","fail_status":200})", R"({"operation":"a","hold":true,"where":"x"})",
        R"({"operation":"a","drop":true})", R"({"operation":"a","fail_status":500,"text":"b"})",
        R"({"operation":"a.webhook","hold":true,"point":"answer"})"}) {
    EXPECT_FALSE(Knobs::Parse(Json::parse(text)).ok()) << text;
  }
}

}  // namespace
}  // namespace fsft::sandbox
