#include "tests/sandbox/matching.h"

#include <gtest/gtest.h>

namespace fsft::sandbox {
namespace {

TEST(Matching, LooksAtEveryWantedLeaf) {
  const Json entry = Json::parse(R"({"a":"1","b":{"c":true,"d":null,"e":"x"}})");
  for (const char* wanted : {R"({})", R"({"a":"1"})", R"({"a":1})", R"({"b":{"c":"true"}})",
                             R"({"a":"1","b":{"d":null,"e":"x"}})"}) {
    EXPECT_TRUE(Matches(entry, Json::parse(wanted))) << wanted;
  }
  for (const char* wanted : {R"({"a":"2"})", R"({"a":{"b":"1"}})", R"({"c":"1"})",
                             R"({"a":"1","b":{"c":false}})", R"({"b":"x"})"}) {
    EXPECT_FALSE(Matches(entry, Json::parse(wanted))) << wanted;
  }
}

}  // namespace
}  // namespace fsft::sandbox
