#include "shared/logging/json_line.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace fsft::logging {
namespace {

std::string Line(const Field& field) {
  JsonLine line;
  line.Add(field.name(), field.value());
  return std::move(line).Finish();
}

// What a reader makes of the text; the reader is not ours and refuses malformed lines.
std::string Text(std::string_view text) {
  return nlohmann::json::parse(Line({"x", text})).at("x").get<std::string>();
}

TEST(JsonLine, WritesEveryKindOfValue) {
  EXPECT_EQ(Line({"x", "text"}), "{\"x\":\"text\"}\n");
  EXPECT_EQ(Line({"x", std::string("text")}), "{\"x\":\"text\"}\n");
  EXPECT_EQ(Line({"x", true}), "{\"x\":true}\n");
  EXPECT_EQ(Line({"x", -7}), "{\"x\":-7}\n");
  EXPECT_EQ(Line({"x", std::numeric_limits<int64_t>::min()}), "{\"x\":-9223372036854775808}\n");
  EXPECT_EQ(Line({"x", std::numeric_limits<uint64_t>::max()}), "{\"x\":18446744073709551615}\n");
  EXPECT_EQ(Line({"x", 0.1}), "{\"x\":0.1}\n");
  EXPECT_EQ(Line({"x", 1e300}), "{\"x\":1e+300}\n");
}

TEST(JsonLine, HasNoNotANumber) {
  EXPECT_EQ(Line({"x", std::nan("")}), "{\"x\":null}\n");
  EXPECT_EQ(Line({"x", -INFINITY}), "{\"x\":null}\n");
}

TEST(JsonLine, SeparatesMembers) {
  JsonLine line;
  line.Add("a", int64_t{1});
  line.Add("b", true);
  EXPECT_EQ(std::move(line).Finish(), "{\"a\":1,\"b\":true}\n");
  EXPECT_EQ(JsonLine().Finish(), "{}\n");
}

TEST(JsonLine, KeepsEveryAsciiCharacterOnOneLine) {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  EXPECT_EQ(Text(all), all);
  EXPECT_EQ(Line({"x", all}).find('\n'), Line({"x", all}).size() - 1);
}

TEST(JsonLine, EscapesNamesToo) { EXPECT_EQ(Line({"a\"b", 1}), "{\"a\\\"b\":1}\n"); }

TEST(JsonLine, KeepsValidUtf8) {
  for (const char* text : {"é", "日本", "😀", "\u07ff\u0800\ud7ff\ue000\uffff", "\U0010ffff"}) {
    EXPECT_EQ(Text(text), text);
  }
}

TEST(JsonLine, ReplacesInvalidUtf8) {
  const std::string r = "\ufffd";
  const std::pair<std::string, std::string> cases[] = {
      {"a\xff"
       "b",
       "a" + r + "b"},
      {"\x80", r},                          // a continuation without its lead
      {"\xc3", r},                          // cut
      {"\xc3(", r + "("},                   // a lead without its continuation
      {"\xc0\xaf", r + r},                  // overlong '/'
      {"\xe0\x80\xaf", r + r + r},          // overlong '/'
      {"\xf0\x80\x80\xaf", r + r + r + r},  // overlong '/'
      {"\xed\xa0\x80", r + r + r},          // a surrogate
      {"\xf4\x90\x80\x80", r + r + r + r},  // beyond U+10FFFF
      {"\xf8\x88\x80\x80\x80", r + r + r + r + r},
      {"\xe6\x97", r + r},  // cut in the middle
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(Text(text), expected);
}

// Every pair of bytes, whatever it is, gives a line that a strict reader takes.
TEST(JsonLine, IsValidForAnyBytes) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      ASSERT_TRUE(nlohmann::json::accept(Line({"x", text}))) << a << ' ' << b;
    }
  }
}

}  // namespace
}  // namespace fsft::logging
