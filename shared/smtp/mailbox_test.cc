#include "shared/smtp/mailbox.h"

#include <gtest/gtest.h>

namespace fsft::smtp {
namespace {

TEST(IsAddress, TakesWhatMailServersTake) {
  for (const char* address :
       {"jordan@example.com", "a@b", "first.last+tag@sub.example.co", "o'neil@example.com",
        "x_{|}~!#$%&*/=?^`-@example.com", "1@2.example"}) {
    EXPECT_TRUE(IsAddress(address)) << address;
  }
}

TEST(IsAddress, RefusesWhatIsNoneOrMoreThanOne) {
  for (const char* address : {"",
                              "@",
                              "jordan",
                              "@example.com",
                              "jordan@",
                              "a@b@c",
                              "a@.com",
                              "a@example.",
                              "a@-b.com",
                              "a b@example.com",
                              "<a@example.com>",
                              "a@example.com>",
                              "a@example.com,b@example.com",
                              "a@example.com\r\nRCPT TO:<b@example.com>",
                              "a@example.com\n",
                              "a\"@example.com",
                              "a@[127.0.0.1]",
                              "jürgen@example.com",
                              "a@exämple.com",
                              "a(b)@example.com",
                              "a;b@c.com"}) {
    EXPECT_FALSE(IsAddress(address)) << address;
  }
  EXPECT_FALSE(IsAddress(std::string(65, 'a') + "@example.com"));
  EXPECT_FALSE(IsAddress("a@" + std::string(64, 'b') + ".com"));
  EXPECT_FALSE(IsAddress("a@" + std::string(50, 'b') + std::string(".c") + std::string(210, 'd')));
}

TEST(ParseMailbox, ReadsANameAndItsAddress) {
  const struct {
    const char *text, *name, *address;
  } cases[] = {
      {"letters@example.com", "", "letters@example.com"},
      {"<letters@example.com>", "", "letters@example.com"},
      {"FightSFTickets <letters@example.com>", "FightSFTickets", "letters@example.com"},
      {"\"Fight, Inc.\" <letters@example.com>", "Fight, Inc.", "letters@example.com"},
      {"Kämpfer <letters@example.com>", "Kämpfer", "letters@example.com"},
  };
  for (const auto& c : cases) {
    const auto mailbox = ParseMailbox(c.text);
    ASSERT_TRUE(mailbox.has_value()) << c.text;
    EXPECT_EQ(mailbox->name, c.name);
    EXPECT_EQ(mailbox->address, c.address);
    EXPECT_EQ(mailbox->Domain(), "example.com");
  }
}

TEST(ParseMailbox, RefusesWhatIsNone) {
  for (const char* text :
       {"", "FightSFTickets", "FightSFTickets <>", "FightSFTickets <letters@example.com",
        "A <a@b.com> <c@d.com>", "A\r\nBcc: x <a@b.com>", "A \"B\" C <a@b.com>"}) {
    EXPECT_FALSE(ParseMailbox(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace fsft::smtp
