#include "shared/smtp/headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "shared/crypto/encoding.h"

namespace fsft::smtp {
namespace {

using testing::ElementsAre;

Message Fine() {
  return {.from = {.name = "FightSFTickets", .address = "letters@example.com"},
          .to = "jordan@example.org",
          .subject = "Your refund",
          .message_id = "0193a000-0000-7000-8000-000000000001.refunded@example.com",
          .date = time::TimePoint(std::chrono::seconds(1'796'230'861)),
          .text = "",
          .html = ""};
}

TEST(HeadersOf, AreThoseOfAnEmail) {
  EXPECT_THAT(*HeadersOf(Fine()),
              ElementsAre("From: FightSFTickets <letters@example.com>", "To: jordan@example.org",
                          "Subject: Your refund", "Date: Wed, 02 Dec 2026 17:01:01 +0000",
                          "Message-ID: <0193a000-0000-7000-8000-000000000001.refunded@example.com>",
                          "Auto-Submitted: auto-generated"));
}

TEST(HeadersOf, QuotesANameThatNeedsIt) {
  Message message = Fine();
  const struct {
    const char *name, *header;
  } cases[] = {
      {"", "From: letters@example.com"},
      {"Fight, Inc.", "From: \"Fight, Inc.\" <letters@example.com>"},
      {"Kämpfer", "From: =?UTF-8?B?S8OkbXBmZXI=?= <letters@example.com>"},
  };
  for (const auto& c : cases) {
    message.from.name = c.name;
    EXPECT_EQ(HeadersOf(message)->front(), c.header);
  }
}

// A line break would begin a header, or a receiver, of somebody else's making.
TEST(HeadersOf, RefusesWhatWouldBreakOutOfItsHeader) {
  const char* const kBreaks[] = {"\r\nBcc: all@example.com", "\nBcc: all@example.com", "\r",
                                 "\x01"};
  for (const std::string end : kBreaks) {
    for (std::string Message::*text : {&Message::to, &Message::subject, &Message::message_id}) {
      Message message = Fine();
      message.*text += end;
      const absl::Status status = HeadersOf(message).status();
      EXPECT_TRUE(absl::IsInvalidArgument(status)) << end;
      EXPECT_THAT(std::string(status.message()), testing::Not(testing::HasSubstr("example")));
    }
    Message message = Fine();
    message.from.name += end;
    EXPECT_FALSE(HeadersOf(message).ok()) << end;
  }
}

TEST(EncodeText, KeepsCharactersWholeAndLinesShort) {
  std::string text, decoded;
  for (int i = 0; i < 40; ++i) text += i % 3 == 0 ? "ü" : i % 3 == 1 ? "字" : "a";
  for (const auto& line : absl::StrSplit(EncodeText(text), "\r\n ")) {
    std::string word(line);
    ASSERT_LE(word.size(), 75u);
    ASSERT_TRUE(word.starts_with("=?UTF-8?B?") && word.ends_with("?="));
    const std::string piece = *crypto::Base64Decode(word.substr(10, word.size() - 12));
    EXPECT_NE(static_cast<unsigned char>(piece[0]) & 0xC0, 0x80) << "it begins within a character";
    decoded += piece;
  }
  EXPECT_EQ(decoded, text);
}

TEST(EncodeText, EncodesWhatLooksEncoded) {
  EXPECT_EQ(EncodeText("plain"), "plain");
  EXPECT_EQ(EncodeText("=?UTF-8?B?YQ==?="), "=?UTF-8?B?PT9VVEYtOD9CP1lRPT0/PQ==?=");
}

}  // namespace
}  // namespace fsft::smtp
