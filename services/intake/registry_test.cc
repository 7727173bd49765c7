#include "services/intake/registry.h"

#include <gtest/gtest.h>

namespace fsft::intake {
namespace {

AuthorityRow Row(std::string city, std::string section, std::string pattern) {
  return {.city_id = std::move(city),
          .section_id = std::move(section),
          .time_zone = "America/New_York",
          .patterns = {std::move(pattern)},
          .appeal_days = 21,
          .agency = {}};
}

TEST(Registry, NormalisesHoweverACitationWasTyped) {
  EXPECT_EQ(NormalizeCitation("912-345.678"), "912345678");
  EXPECT_EQ(NormalizeCitation("mt 12 345"), "MT12345");
}

TEST(Registry, NeverGuessesBetweenCities) {
  const Registry registry = *Registry::Create({Row("us-ma-boston", "police", "^BPD\\d{6}$"),
                                               Row("us-md-baltimore", "police", "^BPD\\d{6}$")});
  EXPECT_EQ(registry.Match("BPD123456", "", "").size(), 2u);
  const auto baltimore = registry.Match("BPD123456", "us-md-baltimore", "");
  ASSERT_EQ(baltimore.size(), 1u);
  EXPECT_EQ(baltimore.front()->city_id, "us-md-baltimore");
}

TEST(Registry, MatchesWholeNumbersOnly) {
  const Registry registry = *Registry::Create({Row("us-ca-oakland", "parking", "\\d{8}")});
  EXPECT_EQ(registry.Match("12345678", "", "").size(), 1u);
  EXPECT_TRUE(registry.Match("123456789", "", "").empty());
  EXPECT_TRUE(registry.Match("12345678", "", "police").empty());
}

TEST(Registry, FindsAnAuthorityByItsName) {
  const Registry registry = *Registry::Create({Row("us-ca-oakland", "parking", "\\d{8}")});
  EXPECT_NE(registry.Find("us-ca-oakland", "parking"), nullptr);
  EXPECT_EQ(registry.Find("us-ca-oakland", "police"), nullptr);
  EXPECT_TRUE(registry.HasCity("us-ca-oakland"));
  EXPECT_FALSE(registry.HasCity("us-ca-fresno"));
}

TEST(Registry, RefusesAPatternOrZoneThatCannotBeUsedAndNamesTheRow) {
  const auto pattern = Registry::Create({Row("us-ca-oakland", "parking", "([")});
  EXPECT_NE(pattern.status().message().find("us-ca-oakland/parking"), absl::string_view::npos);
  AuthorityRow row = Row("us-ca-oakland", "parking", "x");
  row.time_zone = "America/Atlantis";
  EXPECT_EQ(Registry::Create({row}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace fsft::intake
