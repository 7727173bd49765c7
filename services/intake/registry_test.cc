#include "services/intake/registry.h"

#include <gtest/gtest.h>

namespace fsft::intake {
namespace {

using Rows = std::vector<AuthorityRow>;

absl::StatusOr<Registry> Create(const Rows& rows) {
  return Registry::Create(rows, ServedUnverified::All());
}

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
  const Registry registry = *Create({Row("us-ma-boston", "police", "^BPD\\d{6}$"),
                                     Row("us-md-baltimore", "police", "^BPD\\d{6}$")});
  EXPECT_EQ(registry.Match("BPD123456", "", "").size(), 2u);
  const auto baltimore = registry.Match("BPD123456", "us-md-baltimore", "");
  ASSERT_EQ(baltimore.size(), 1u);
  EXPECT_EQ(baltimore.front()->row.city_id, "us-md-baltimore");
}

TEST(Registry, MatchesWholeNumbersOnly) {
  const Registry registry = *Create({Row("us-ca-oakland", "parking", "\\d{8}")});
  EXPECT_EQ(registry.Match("12345678", "", "").size(), 1u);
  EXPECT_TRUE(registry.Match("123456789", "", "").empty());
  EXPECT_TRUE(registry.Match("12345678", "", "police").empty());
}

TEST(Registry, FindsAnAuthorityByItsName) {
  const Registry registry = *Create({Row("us-ca-oakland", "parking", "\\d{8}")});
  EXPECT_NE(registry.Find("us-ca-oakland", "parking"), nullptr);
  EXPECT_EQ(registry.Find("us-ca-oakland", "police"), nullptr);
  EXPECT_TRUE(registry.ServesCity("us-ca-oakland"));
  EXPECT_FALSE(registry.ServesCity("us-ca-fresno"));
  EXPECT_TRUE(registry.HasCity("us-ca-oakland"));
  EXPECT_FALSE(registry.HasCity("us-ca-fresno"));
}

struct Obstacle {
  const char* name;
  void (*change)(AuthorityRow&);
  bool served;
};

// Defect 32 of the predecessor: letters to cities that it had blocked could be bought.
TEST(Registry, NeverLetsALetterBePaidForThatCannotBeSent) {
  const Obstacle obstacles[] = {
      {"none", [](AuthorityRow&) {}, true},
      {"blocked", [](AuthorityRow& row) { row.blocked = true; }, false},
      {"withdrawn", [](AuthorityRow& row) { row.withdrawn = true; }, false},
      {"no address", [](AuthorityRow& row) { row.has_address = false; }, false},
      {"power of attorney", [](AuthorityRow& row) { row.power_of_attorney = true; }, false},
      {"unverified", [](AuthorityRow& row) { row.verified = false; }, false},
      {"unverified where that will do",
       [](AuthorityRow& row) {
         row.verified = false;
         row.city_id = "us-ca-san_francisco";
       },
       true},
  };
  for (const Obstacle& obstacle : obstacles) {
    AuthorityRow row = Row("us-ca-oakland", "parking", "\\d{8}");
    row.verified = true;
    obstacle.change(row);
    const Registry registry =
        *Registry::Create({row}, ServedUnverified({"us-ca-san_francisco", "us-ca-fresno"}));
    EXPECT_EQ(registry.authorities().front().served, obstacle.served) << obstacle.name;
  }
}

TEST(Registry, RefusesAPatternOrZoneThatCannotBeUsedAndNamesTheRow) {
  const auto pattern = Create({Row("us-ca-oakland", "parking", "([")});
  EXPECT_NE(pattern.status().message().find("us-ca-oakland/parking"), absl::string_view::npos);
  AuthorityRow row = Row("us-ca-oakland", "parking", "x");
  row.time_zone = "America/Atlantis";
  EXPECT_EQ(Create({row}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace fsft::intake
