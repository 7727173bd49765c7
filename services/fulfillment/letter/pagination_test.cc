#include "services/fulfillment/letter/pagination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace fsft::fulfillment {
namespace {

using ::testing::ElementsAre;

// One character per line of text: '[' starts a paragraph, ']' ends one, '-' is inside one, '=' is a
// paragraph of one line, '.' is blank. Every line is ten high.
std::vector<TextLine> Lines(std::string_view picture) {
  std::vector<TextLine> lines;
  for (char c : picture) {
    lines.push_back({.height = 10,
                     .starts_paragraph = c == '[' || c == '=' || c == '.',
                     .ends_paragraph = c == ']' || c == '=' || c == '.',
                     .blank = c == '.'});
  }
  return lines;
}

constexpr PageRoom kRoom{.first_page = 50, .later_pages = 80, .closing = 20};

TEST(Pagination, KeepsAShortLetterOnOnePage) {
  EXPECT_THAT(BreakPages(Lines("[-]"), kRoom), ElementsAre(PageLines{0, 3}));
}

TEST(Pagination, GivesAnEmptyTextOnePage) {
  EXPECT_THAT(BreakPages({}, kRoom), ElementsAre(PageLines{0, 0}));
}

TEST(Pagination, FillsPages) {
  EXPECT_THAT(BreakPages(Lines("[---------------]"), kRoom),
              ElementsAre(PageLines{0, 5}, PageLines{5, 13}, PageLines{13, 17}));
}

TEST(Pagination, LeavesNoFirstLineAloneAtTheFoot) {
  EXPECT_THAT(BreakPages(Lines("[-].[---]"), kRoom), ElementsAre(PageLines{0, 4}, PageLines{4, 9}));
}

TEST(Pagination, CarriesNoLastLineAloneToTheTop) {
  EXPECT_THAT(BreakPages(Lines("[----].[]"), kRoom), ElementsAre(PageLines{0, 4}, PageLines{4, 9}));
}

TEST(Pagination, DropsBlankLinesAtTheTopOfAPage) {
  EXPECT_THAT(BreakPages(Lines("[---]...[-]"), kRoom),
              ElementsAre(PageLines{0, 5}, PageLines{8, 11}));
}

TEST(Pagination, PutsTheSignatureUnderAtLeastTwoLines) {
  EXPECT_THAT(BreakPages(Lines("====="), kRoom), ElementsAre(PageLines{0, 3}, PageLines{3, 5}));
}

TEST(Pagination, MovesMoreThanTwoLinesWhereTwoWouldSplitAParagraphBadly) {
  EXPECT_THAT(BreakPages(Lines("==[-]"), kRoom), ElementsAre(PageLines{0, 2}, PageLines{2, 5}));
}

TEST(Pagination, LetsEveryLineThroughEvenOnPagesThatAreTooSmall) {
  EXPECT_THAT(BreakPages(Lines("[-]"), {.first_page = 5, .later_pages = 5, .closing = 20}),
              ElementsAre(PageLines{0, 1}, PageLines{1, 2}, PageLines{2, 3}, PageLines{3, 3}));
}

TEST(Pagination, LosesNoLineWhateverTheParagraphs) {
  // Every text of seven lines over the five kinds: pages follow each other, and only blank lines
  // are dropped.
  constexpr std::string_view kKinds = "[-]=.";
  for (int n = 0; n < 78125; ++n) {
    std::string picture;
    for (int rest = n, i = 0; i < 7; ++i, rest /= 5) picture += kKinds[rest % 5];
    const std::vector<TextLine> lines = Lines(picture);
    size_t at = 0;
    for (const PageLines& page :
         BreakPages(lines, {.first_page = 20, .later_pages = 30, .closing = 10})) {
      for (; at < page.first; ++at) ASSERT_TRUE(lines[at].blank) << picture;
      ASSERT_EQ(page.first, at) << picture;
      at = page.end;
    }
    ASSERT_EQ(at, lines.size()) << picture;
  }
}

}  // namespace
}  // namespace fsft::fulfillment
