#include "shared/printable/printable.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/printable/table.h"
#include "shared/printable/utf8.h"

namespace fsft::printable {
namespace {

constexpr page::TextStyle kStyle = page::kBody;

TEST(Printable, TakesEveryScriptOfThePackagedFonts) {
  for (const char* text :
       {"Jordan Doe, 1 Main St #4", "Zoë Ångström-Łukasiewicz", "مرحبا", "你好，世界", "Привет",
        "שלום", "ภาษาไทย", "한국어", "Tiếng Việt", "हिन्दी", "two\nlines\tand a tab", "£ € № § ½"}) {
    EXPECT_TRUE(CanBePrinted(text)) << text;
    EXPECT_EQ(FirstUnprintable(text), std::nullopt);
  }
}

TEST(Printable, TakesInvisibleMarksThatSomeScriptsNeed) {
  EXPECT_TRUE(CanBePrinted("\u0645\u06cc\u200c\u062e"));  // ZERO WIDTH NON-JOINER
  EXPECT_TRUE(CanBePrinted("\u0915\u094d\u200d\u0937"));  // ZERO WIDTH JOINER
  EXPECT_TRUE(CanBePrinted("soft\u00adhyphen"));
  EXPECT_TRUE(CanBePrinted("\u2600\ufe0f"));  // a variation selector
  EXPECT_TRUE(CanBePrinted("c\u034fh"));      // COMBINING GRAPHEME JOINER
}

TEST(Printable, RefusesWhatIsNoCharacter) {
  for (const char32_t code_point :
       {U'\u0378' /* unassigned */, U'\ue000' /* private */, U'\ufdd0' /* noncharacter */,
        U'\U0010ffff', U'\U000f0000', U'\u2028' /* a line break */, U'\0', U'\r', U'\u0085'}) {
    EXPECT_EQ(Find(code_point), nullptr) << static_cast<uint32_t>(code_point);
  }
}

TEST(Printable, NamesTheFirstCharacterThatNoFontHas) {
  EXPECT_EQ(FirstUnprintable("one \u0378 two \u0379"), U'\u0378');
  EXPECT_FALSE(CanBePrinted("one \u0378"));
}

TEST(Printable, RefusesWhatIsNoUtf8) {
  for (const char* text : {"\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "a\x80", "\xe6\xbc", "\xc3"}) {
    EXPECT_FALSE(CanBePrinted(text));
  }
}

TEST(Printable, KnowsWhatNobodyCouldSee) {
  EXPECT_TRUE(LeavesInk(" x "));
  EXPECT_TRUE(LeavesInk("漢"));
  for (const char* text : {"", " ", "\u00a0\u3000", "\u200b\u200d\u2060", "\u3164\u115f", "\n\t"}) {
    EXPECT_FALSE(LeavesInk(text));
  }
}

TEST(Printable, TableIsInOrderAndWithoutOverlap) {
  ASSERT_GT(Table().size(), 1000u);
  char32_t next = 0;
  for (const Range& range : Table()) {
    EXPECT_GE(range.first, next);
    EXPECT_GE(range.last, range.first);
    next = range.last + 1;
  }
}

TEST(HeightBound, IsALineForAnEmptyText) {
  EXPECT_EQ(HeightBound("", kStyle, 100), kStyle.leading);
}

TEST(HeightBound, CountsTheLinesThatWereTyped) {
  EXPECT_EQ(HeightBound("a\n\nb", kStyle, 100), 3 * kStyle.leading);
}

TEST(HeightBound, GrowsWithTheWidthOfTheText) {
  const double narrow = HeightBound(std::string(100, 'i'), kStyle, 100);
  const double wide = HeightBound(std::string(100, 'W'), kStyle, 100);
  EXPECT_GT(narrow, 2 * kStyle.leading);
  EXPECT_GT(wide, 2 * narrow);
}

TEST(HeightBound, GrowsWithTheHeightOfTheScript) {
  EXPECT_EQ(TallestLine("Latin", kStyle), kStyle.leading);
  EXPECT_GT(TallestLine("Latin\nབོད་སྐད", kStyle), 20);
  EXPECT_GT(HeightBound("བོད་སྐད", kStyle, 1000), 20);
}

}  // namespace
}  // namespace fsft::printable
