#include "services/payment/stripe_json.h"

#include <gtest/gtest.h>

namespace fsft::payment {
namespace {

constexpr char kId[] = "0193a000-0000-7000-8000-000000000001";

TEST(StripeJson, ReadsWhatIsThere) {
  const StripeDocument document(
      R"({"text": "a\u00e9\"", "debt": -5, "yes": true, "no": false, "inner": {"text": "deep"}})");
  const StripeObject& root = document.root();
  ASSERT_TRUE(root.is_there());
  EXPECT_EQ(root.Text("text"), "a\u00e9\"");
  EXPECT_EQ(root.Integer("debt"), -5);
  EXPECT_EQ(root.Flag("yes"), true);
  EXPECT_EQ(root.Flag("no"), false);
  EXPECT_EQ(root.Object("inner").Text("text"), "deep");
}

// Each holds something else than what is asked for, or nothing.
TEST(StripeJson, AnotherTypeIsNotThere) {
  for (const char* value : {"null", "1.5", "[]", "[1]", "18446744073709551615"}) {
    const StripeDocument document(std::string(R"({"field": )") + value + "}");
    const StripeObject& root = document.root();
    ASSERT_TRUE(root.is_there()) << value;
    for (const char* name : {"field", "absent"}) {
      EXPECT_EQ(root.Text(name), "") << value;
      EXPECT_EQ(root.Integer(name), 0) << value;
      EXPECT_EQ(root.Flag(name), std::nullopt) << value;
      EXPECT_FALSE(root.Object(name).is_there()) << value;
      EXPECT_EQ(root.Object(name).Text("text"), "") << value;
      EXPECT_EQ(root.LinkedId(name), "") << value;
    }
  }
}

TEST(StripeJson, ATextWithAZeroByteIsNotThere) {
  const StripeDocument document(R"({"text": "a\u0000b"})");
  EXPECT_EQ(document.root().Text("text"), "");
}

TEST(StripeJson, ALinkedObjectIsItsIdOrTheWhole) {
  const StripeDocument document(R"({"one": "pi_1", "two": {"id": "pi_2"}, "three": {}})");
  EXPECT_EQ(document.root().LinkedId("one"), "pi_1");
  EXPECT_EQ(document.root().LinkedId("two"), "pi_2");
  EXPECT_EQ(document.root().LinkedId("three"), "");
}

TEST(StripeJson, OurIdsAreThoseOfTheMetadataThatAreOne) {
  const StripeDocument document(R"({"metadata": {"ours": ")" + std::string(kId) +
                                R"(", "foreign": "robert'; DROP"}, "outside": ")" + kId + "\"}");
  EXPECT_EQ(document.root().OurId("ours"), kId);
  EXPECT_EQ(document.root().OurId("foreign"), "");
  EXPECT_EQ(document.root().OurId("outside"), "");
}

TEST(StripeJson, AnArrayHasAsManyObjectsAsElements) {
  const StripeDocument document(R"({"data": [{"id": "a"}, 7, {"id": "b"}], "empty": []})");
  const auto objects = document.root().Objects("data");
  ASSERT_TRUE(objects && objects->size() == 3);
  EXPECT_EQ((*objects)[0].Text("id"), "a");
  EXPECT_FALSE((*objects)[1].is_there());
  EXPECT_EQ((*objects)[2].Text("id"), "b");
  EXPECT_EQ(document.root().Objects("empty")->size(), 0);
  EXPECT_FALSE(document.root().Objects("absent"));
}

TEST(StripeJson, WhatIsNoJsonObjectHasNothing) {
  const std::string deep = R"({"a":)" + std::string(100'000, '[');
  const std::string closed = deep + std::string(100'000, ']') + "}";
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("[]"), std::string("\"text\""),
        std::string(R"({"id": "a"} x)"), std::string("{\"id\": \"\xff\"}"), std::string("{\0}", 3),
        std::string(R"({"id": "a", "n": 18446744073709551616})"), deep, closed}) {
    const StripeDocument document(body);
    EXPECT_FALSE(document.root().is_there()) << body.substr(0, 20);
    EXPECT_EQ(document.root().Text("id"), "");
  }
}

}  // namespace
}  // namespace fsft::payment
