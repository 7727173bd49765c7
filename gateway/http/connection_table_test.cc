#include "gateway/http/connection_table.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

namespace fsft::gateway::http {
namespace {

using Verdict = ConnectionTable::Verdict;

Ip Client(uint8_t number) {
  Ip ip{};
  ip.back() = number;
  return ip;
}

// A connection of a client, as far as the table sees one.
class Guest {
 public:
  explicit Guest(std::optional<Ip> client = std::nullopt) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0);
    seat_ = std::make_unique<Seat>(ends_[0], client);
  }
  ~Guest() {
    for (const int end : ends_) close(end);
  }
  Guest(const Guest&) = delete;

  Seat& seat() { return *seat_; }
  bool HungUp() {
    char c;
    return recv(ends_[1], &c, 1, MSG_DONTWAIT) == 0;
  }

 private:
  std::array<int, 2> ends_{};
  std::unique_ptr<Seat> seat_;
};

TEST(ConnectionTable, AClientHasItsShareAndOthersHaveTheirs) {
  ConnectionTable table(10, 2);
  Guest first(Client(1));
  Guest second(Client(1));
  Guest third(Client(1));
  Guest other(Client(2));
  EXPECT_EQ(table.Enter(first.seat()), Verdict::kWelcome);
  EXPECT_EQ(table.Enter(second.seat()), Verdict::kWelcome);
  EXPECT_EQ(table.Enter(third.seat()), Verdict::kTooManyOfClient);
  EXPECT_EQ(table.Enter(other.seat()), Verdict::kWelcome);
  table.Leave(first.seat());
  EXPECT_EQ(table.Enter(third.seat()), Verdict::kWelcome);
}

TEST(ConnectionTable, WhoIsNotCountedHasNoShare) {
  ConnectionTable table(10, 1);
  Guest guests[5];
  for (Guest& guest : guests) EXPECT_EQ(table.Enter(guest.seat()), Verdict::kWelcome);
}

TEST(ConnectionTable, WhoHasWaitedLongestGoesForWhoeverComes) {
  ConnectionTable table(3, 0);
  Guest guests[3];
  for (Guest& guest : guests) ASSERT_EQ(table.Enter(guest.seat()), Verdict::kWelcome);
  EXPECT_TRUE(guests[1].seat().AwaitClient(/*idle=*/true));
  EXPECT_TRUE(guests[2].seat().AwaitClient());
  EXPECT_TRUE(guests[0].seat().AwaitClient());

  Guest newcomers[3];
  for (const int victim : {1, 2, 0}) {
    EXPECT_FALSE(guests[victim].seat().ended());
    Guest& newcomer = newcomers[victim];
    EXPECT_EQ(table.Enter(newcomer.seat()), Verdict::kMadeRoom);
    EXPECT_TRUE(guests[victim].seat().ended());
    EXPECT_TRUE(guests[victim].HungUp());
    EXPECT_FALSE(guests[victim].seat().Work()) << "its request must not be begun any more";
    EXPECT_FALSE(guests[victim].seat().AwaitClient());
  }
  for (Guest& guest : guests) table.Leave(guest.seat());
}

TEST(ConnectionTable, WorkIsNotCutOff) {
  ConnectionTable table(2, 0);
  Guest first;
  Guest second;
  Guest third;
  ASSERT_EQ(table.Enter(first.seat()), Verdict::kWelcome);
  ASSERT_EQ(table.Enter(second.seat()), Verdict::kWelcome);
  EXPECT_TRUE(first.seat().Work());
  EXPECT_TRUE(second.seat().Work());
  EXPECT_EQ(table.Enter(third.seat()), Verdict::kFull);
  EXPECT_TRUE(second.seat().AwaitClient());
  EXPECT_EQ(table.Enter(third.seat()), Verdict::kMadeRoom);
  EXPECT_FALSE(first.seat().ended());
  EXPECT_TRUE(second.seat().ended());
}

TEST(ConnectionTable, WhoeverWasEndedTakesNoRoomAndIsNotEndedTwice) {
  ConnectionTable table(1, 0);
  Guest guests[4];
  EXPECT_EQ(table.Enter(guests[0].seat()), Verdict::kWelcome);
  EXPECT_EQ(table.Enter(guests[1].seat()), Verdict::kMadeRoom);
  EXPECT_EQ(table.Enter(guests[2].seat()), Verdict::kMadeRoom);
  table.Leave(guests[0].seat());
  table.Leave(guests[1].seat());
  table.Leave(guests[2].seat());
  EXPECT_EQ(table.Enter(guests[3].seat()), Verdict::kWelcome);
}

TEST(ConnectionTable, OnlyIdleOnesAreWoken) {
  ConnectionTable table(3, 0);
  Guest idle;
  Guest awaiting;
  ASSERT_EQ(table.Enter(idle.seat()), Verdict::kWelcome);
  ASSERT_EQ(table.Enter(awaiting.seat()), Verdict::kWelcome);
  idle.seat().AwaitClient(/*idle=*/true);
  table.EndIdle();
  EXPECT_FALSE(idle.seat().ended()) << "one whose request has just come is still answered";
  EXPECT_TRUE(idle.seat().Work());
}

// Whoever wins, a request is either worked on to its end or never begun.
TEST(ConnectionTable, AConnectionIsEndedOrWorksNeverBoth) {
  for (int round = 0; round < 200; ++round) {
    ConnectionTable table(1, 0);
    Guest guest;
    Guest newcomer;
    ASSERT_EQ(table.Enter(guest.seat()), Verdict::kWelcome);
    bool worked = false;
    std::jthread worker([&] { worked = guest.seat().Work(); });
    const Verdict verdict = table.Enter(newcomer.seat());
    worker.join();
    EXPECT_EQ(verdict, worked ? Verdict::kFull : Verdict::kMadeRoom);
    EXPECT_EQ(guest.HungUp(), !worked);
  }
}

}  // namespace
}  // namespace fsft::gateway::http
