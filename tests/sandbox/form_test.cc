#include "tests/sandbox/form.h"

#include <gtest/gtest.h>

namespace fsft::sandbox {
namespace {

Json Decoded(std::string_view text) {
  const absl::StatusOr<Json> tree = DecodeForm(text);
  return tree.ok() ? *tree : Json(std::string(tree.status().message()));
}

TEST(Form, ReadsBracketsIntoATree) {
  EXPECT_EQ(Decoded("mode=payment&metadata[v]=1&a[b][c]=x"),
            Json::parse(R"({"mode":"payment","metadata":{"v":"1"},"a":{"b":{"c":"x"}}})"));
}

TEST(Form, ReadsNumbersAndEmptyBracketsAsLists) {
  EXPECT_EQ(Decoded("i[0][n]=a&i[1][n]=b"), Json::parse(R"({"i":[{"n":"a"},{"n":"b"}]})"));
  EXPECT_EQ(Decoded("expand[]=a&expand[]=b"), Json::parse(R"({"expand":["a","b"]})"));
  EXPECT_EQ(Decoded("i[1]=b&i[0]=a"), Json::parse(R"({"i":["a","b"]})"));
}

TEST(Form, KeepsTenAndMoreEntriesInTheirOrder) {
  std::string text;
  for (int i = 0; i < 12; ++i) text += "l[" + std::to_string(i) + "]=" + std::to_string(i) + "&";
  EXPECT_EQ(Decoded(text)["l"][2], "2");
  EXPECT_EQ(Decoded(text)["l"][11], "11");
}

TEST(Form, KeepsMetadataAnObjectWhateverItsKeys) {
  EXPECT_EQ(Decoded("metadata[0]=x"), Json::parse(R"({"metadata":{"0":"x"}})"));
  EXPECT_EQ(Decoded("p[metadata][0]=x"), Json::parse(R"({"p":{"metadata":{"0":"x"}}})"));
}

TEST(Form, UnescapesNamesAndValues) {
  EXPECT_EQ(Decoded("a%5Bb%5D=1+2%263"), Json::parse(R"({"a":{"b":"1 2&3"}})"));
  EXPECT_EQ(Decoded("a=100%&b=%4"), Json::parse(R"({"a":"100%","b":"%4"})"));
  EXPECT_EQ(Decoded("url=http://h/?s={CHECKOUT_SESSION_ID}")["url"],
            "http://h/?s={CHECKOUT_SESSION_ID}");
}

TEST(Form, KeepsTheLastOfARepeatedName) { EXPECT_EQ(Decoded("a=1&a=2")["a"], "2"); }

TEST(Form, RefusesWhatHasNoMeaning) {
  for (const char* text : {"a[b=1", "[b]=1", "a]b[=1", "a=1&a[b]=2", "a[b]=2&a=1", "a[b]c=1"}) {
    EXPECT_FALSE(DecodeForm(text).ok()) << text;
  }
}

TEST(Form, RefusesEndlessNestingAndFields) {
  std::string deep = "a";
  std::string wide;
  for (int i = 0; i < 1001; ++i) {
    deep += "[a]";
    wide += "a" + std::to_string(i) + "=1&";
  }
  EXPECT_FALSE(DecodeForm(deep + "=1").ok());
  EXPECT_FALSE(DecodeForm(wide).ok());
}

}  // namespace
}  // namespace fsft::sandbox
