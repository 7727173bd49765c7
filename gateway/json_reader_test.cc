#include "gateway/json_reader.h"

#include <gtest/gtest.h>

namespace fsft::gateway {
namespace {

JsonReader Read(std::string_view text) {
  absl::StatusOr<JsonReader> reader = JsonReader::Parse(text);
  EXPECT_TRUE(reader.ok()) << reader.status();
  return *std::move(reader);
}

TEST(JsonReader, ReadsStringsAndBooleans) {
  JsonReader reader = Read(R"({"name": "Ann \u00e9", "late": true})");
  EXPECT_EQ(reader.String("name"), "Ann é");
  EXPECT_TRUE(reader.Bool("late"));
  EXPECT_TRUE(reader.status().ok());
}

TEST(JsonReader, MissingAndNullAreEmptyAndNoMistake) {
  JsonReader reader = Read(R"({"a": null})");
  EXPECT_EQ(reader.String("a"), "");
  EXPECT_EQ(reader.String("b"), "");
  EXPECT_FALSE(reader.Bool("c"));
  EXPECT_FALSE(reader.Has("a"));
  EXPECT_TRUE(reader.status().ok());
}

TEST(JsonReader, CollectsEveryWrongTypeUnderItsField) {
  JsonReader reader = Read(R"({"name": 5, "late": "yes", "zip": ["x"], "text": "a\u0000b"})");
  reader.String("name");
  reader.Bool("late");
  reader.String("zip");
  reader.String("text");
  const absl::Status status = reader.status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const rpc::ErrorDetail detail = rpc::DetailOf(status);
  ASSERT_EQ(detail.field_violations_size(), 4);
  EXPECT_EQ(detail.field_violations(0).field(), "name");
  EXPECT_EQ(detail.field_violations(0).code(), "wrong_type");
  EXPECT_EQ(detail.field_violations(1).field(), "late");
  EXPECT_EQ(detail.field_violations(2).field(), "zip");
  EXPECT_EQ(detail.field_violations(3).code(), "invalid_character");
}

TEST(JsonReader, ReadsListsOfStringsOnly) {
  JsonReader reader = Read(R"({"good": ["a", "b"], "mixed": ["a", 1], "plain": "a"})");
  EXPECT_EQ(reader.Strings("good"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(reader.Strings("absent").empty());
  EXPECT_TRUE(reader.status().ok());
  reader.Strings("mixed");
  reader.Strings("plain");
  EXPECT_EQ(rpc::DetailOf(reader.status()).field_violations_size(), 2);
}

TEST(JsonReader, IgnoresFieldsThatNobodyReads) {
  JsonReader reader = Read(R"({"theme": {"dark": [1, 2]}, "name": "x"})");
  EXPECT_EQ(reader.String("name"), "x");
  EXPECT_TRUE(reader.status().ok());
}

TEST(JsonReader, RefusesWhatIsNotOneObject) {
  for (const char* text : {"", "{", "[]", "5", "\"x\"", "null", "{} {}", "{\"a\":}", "{'a': 1}",
                           "{\"a\": \"\xff\"}", "{\"a\": \"\\ud800\"}", "{\"a\": NaN}", "{,}"}) {
    const absl::Status status = JsonReader::Parse(text).status();
    EXPECT_EQ(rpc::DetailOf(status).reason(), "malformed_json") << text;
  }
}

TEST(JsonReader, BoundsTheNestingBeforeParsing) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(rpc::DetailOf(JsonReader::Parse(deep).status()).reason(), "malformed_json");

  const std::string fifteen = "{\"a\":" + std::string(15, '[') + std::string(15, ']') + "}";
  EXPECT_TRUE(JsonReader::Parse(fifteen).ok());
  const std::string sixteen = "{\"a\":" + std::string(16, '[') + std::string(16, ']') + "}";
  EXPECT_FALSE(JsonReader::Parse(sixteen).ok());
}

TEST(JsonReader, BracketsInsideStringsAreText) {
  const std::string text = R"({"a": ")" + std::string(50, '[') + R"(\"[[[\\", "b": "x"})";
  JsonReader reader = Read(text);
  EXPECT_EQ(reader.String("b"), "x");
}

}  // namespace
}  // namespace fsft::gateway
