#include "services/fulfillment/address/address_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fsft::fulfillment {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AddressWordsTest, ReadsALineAsThePostDoes) {
  EXPECT_THAT(WordsOf("P.O. Box 12"), ElementsAre("PO", "BOX", "12"));
  EXPECT_THAT(WordsOf(" 1 Main St.,\tApt #5 "), ElementsAre("1", "MAIN", "ST", "APT", "#", "5"));
  EXPECT_THAT(WordsOf(""), IsEmpty());
}

struct Case {
  const char* standard;
  const char* typed;
  bool same;
};

TEST(AddressWordsTest, AnAbbreviationSaysTheSame) {
  constexpr Case kCases[] = {
      {"1234 Valencia St Apt 5", "1234 valencia street, apartment 5", true},
      {"500 N Ocean Blvd", "500 North Ocean Boulevard", true},
      {"1 Main St", "1 Main St.", true},
      {"1234 Valencia St", "1243 Valencia St", false},
      {"12 Main St", "1234 Main St", false},
      {"1 Valencia St", "1 Valensia St", false},
      {"1 Main Ave", "1 Main St", false},
      {"1 Main St Apt 5", "1 Main St", false},
      {"1 Main St", "1 Main St Apt 5", false},
  };
  for (const auto& [standard, typed, same] : kCases)
    EXPECT_EQ(SaysTheSame(WordsOf(standard), WordsOf(typed)), same) << standard << " | " << typed;
}

}  // namespace
}  // namespace fsft::fulfillment
