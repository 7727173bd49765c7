#include "services/intake/text.h"

#include <gtest/gtest.h>

namespace fsft::intake {
namespace {

TEST(Text, CountsCodePointsAndNotBytes) {
  EXPECT_EQ(CodePoints(""), 0u);
  EXPECT_EQ(CodePoints("abc"), 3u);
  EXPECT_EQ(CodePoints("é漢🚗"), 3u);
}

TEST(Text, RefusesWhatIsNoUtf8) {
  for (const char* text : {"\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "a\x80", "\xe6\xbc", "\xc3"}) {
    EXPECT_FALSE(CodePoints(text).has_value());
    EXPECT_TRUE(HasForbiddenCharacters(text, true));
  }
}

TEST(Text, TrimsWhiteSpaceAtBothEndsOnly) {
  EXPECT_EQ(Trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(Trim(" \n "), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(Text, AllowsLineBreaksOnlyWhereThereAreLines) {
  EXPECT_FALSE(HasForbiddenCharacters("one\r\ntwo\tthree", true));
  EXPECT_TRUE(HasForbiddenCharacters("one\ntwo", false));
}

TEST(Text, ForbidsControlCharactersAndReordering) {
  EXPECT_TRUE(HasForbiddenCharacters(std::string_view("a\0b", 3), true));
  EXPECT_TRUE(HasForbiddenCharacters("bell\a", true));
  EXPECT_TRUE(HasForbiddenCharacters("del\x7f", true));
  EXPECT_TRUE(HasForbiddenCharacters("c1 \xc2\x85", true));
  EXPECT_TRUE(HasForbiddenCharacters("evil \xe2\x80\xae text", true));     // U+202E
  EXPECT_TRUE(HasForbiddenCharacters("isolate \xe2\x81\xa6 text", true));  // U+2066
}

TEST(Text, ForbidsUnicodesOwnLineBreaksWhereThereAreNoLines) {
  EXPECT_TRUE(HasForbiddenCharacters("one\u2028two", false));
  EXPECT_TRUE(HasForbiddenCharacters("one\u2029two", false));
  EXPECT_FALSE(HasForbiddenCharacters("one\u2028two\u2029", true));
}

TEST(Text, ComposesLettersAndMarks) {
  EXPECT_EQ(Composed("Zoe\u0308 A\u030angstro\u0308m"), "Zoë Ångström");
  EXPECT_EQ(Composed("\u1112\u1161\u11ab"), "한");
  EXPECT_EQ(Composed("\u212b \u2126"), "\u00c5 \u03a9");
  // Not compatibility forms: what looks different stays different.
  EXPECT_EQ(Composed("\ufb01 ½"), "\ufb01 ½");
}

TEST(Text, WritesEveryLineBreakInOneWay) {
  EXPECT_EQ(Composed("a\r\nb\rc\nd\u2028e\u2029f"), "a\nb\nc\nd\ne\nf");
}

TEST(Text, FindsCharactersThatWouldPrintOverOtherLines) {
  const auto marks = [](int count) {
    std::string text = "x";
    for (int i = 0; i < count; ++i) text += "\u0301";
    return text + "y";
  };
  EXPECT_FALSE(HasOvergrownCharacter(marks(9)));
  EXPECT_TRUE(HasOvergrownCharacter(marks(10)));
  EXPECT_FALSE(HasOvergrownCharacter(std::string(1000, 'm')));
  // Two parents and two children.
  EXPECT_FALSE(HasOvergrownCharacter("\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466"));
}

TEST(Text, AllowsEveryScript) {
  EXPECT_FALSE(HasForbiddenCharacters("مرحبا 你好 Привет שלום é", false));
}

}  // namespace
}  // namespace fsft::intake
