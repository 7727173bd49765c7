#include "gateway/http/body_memory.h"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace fsft::gateway::http {
namespace {

constexpr size_t kMebibyte = 1 << 20;
const Ip kClient = *ParseIp("192.0.2.1");

TEST(BodyMemory, IsSharedByAllAndGivenBack) {
  BodyMemory memory(4 * kMebibyte);
  BodyMemory::Share one(memory);
  std::optional<BodyMemory::Share> other(std::in_place, memory);
  EXPECT_TRUE(one.GrowTo(2 * kMebibyte));
  EXPECT_TRUE(other->GrowTo(2 * kMebibyte));
  EXPECT_FALSE(one.GrowTo(3 * kMebibyte));
  EXPECT_TRUE(BodyMemory::Share(memory).GrowTo(10'000)) << "small ones have room always";
  other.reset();
  EXPECT_TRUE(one.GrowTo(3 * kMebibyte));
}

TEST(BodyMemory, AClientReadsIntoHalfOfIt) {
  BodyMemory memory(8 * kMebibyte);
  BodyMemory::Share first(memory, kClient);
  std::optional<BodyMemory::Share> second(std::in_place, memory, kClient);
  EXPECT_TRUE(first.GrowTo(2 * kMebibyte));
  EXPECT_TRUE(second->GrowTo(2 * kMebibyte));
  EXPECT_FALSE(BodyMemory::Share(memory, kClient).GrowTo(kMebibyte));
  EXPECT_TRUE(BodyMemory::Share(memory, ParseIp("192.0.2.2")).GrowTo(4 * kMebibyte));
  EXPECT_TRUE(BodyMemory::Share(memory).GrowTo(4 * kMebibyte)) << "a proxy of ours";
  second.reset();
  EXPECT_TRUE(BodyMemory::Share(memory, kClient).GrowTo(2 * kMebibyte));
}

TEST(BodyMemory, WhatHasBeenReadIsNotHeldByTheClient) {
  BodyMemory memory(8 * kMebibyte);
  BodyMemory::Share worked_on(memory, kClient);
  EXPECT_TRUE(worked_on.GrowTo(kMebibyte));
  EXPECT_TRUE(worked_on.GrowForWork(kMebibyte));
  EXPECT_TRUE(BodyMemory::Share(memory, kClient).GrowTo(4 * kMebibyte));
  EXPECT_FALSE(BodyMemory::Share(memory).GrowTo(6 * kMebibyte)) << "the copies are there";
  worked_on.GiveBack();
  EXPECT_TRUE(BodyMemory::Share(memory).GrowTo(6 * kMebibyte));
}

}  // namespace
}  // namespace fsft::gateway::http
