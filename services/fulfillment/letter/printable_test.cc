// What intake is told by the table must be what the typesetter says.
#include "shared/printable/printable.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "services/fulfillment/letter/fonts.h"
#include "services/fulfillment/letter/text_block.h"
#include "shared/printable/table.h"

namespace fsft::fulfillment {
namespace {

constexpr unsigned kSeed = 20261122;

std::string Utf8(char32_t code_point) {
  std::array<utf8proc_uint8_t, 4> bytes;
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  return {bytes.begin(), bytes.begin() + length};
}

// Neither a character nor without one: a font shows what it likes, and the table refuses them.
bool HasNoMeaning(char32_t code_point) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
  return category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO ||
         category == UTF8PROC_CATEGORY_CS || category == UTF8PROC_CATEGORY_CC ||
         category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

class PrintableTest : public testing::Test {
 protected:
  PrintableTest() : fonts_(*Fonts::Load()), context_(fonts_.NewContext()) {}

  TextBlock Block(const std::string& text, const page::TextStyle& style, double width) const {
    return {context_.get(), text, style, width};
  }
  bool Prints(const std::string& text) const {
    return !Block(text, page::kBody, page::kMeasure).HasUnprintable();
  }

  Fonts fonts_;
  ContextHandle context_;
  std::mt19937 random_{kSeed};
};

TEST_F(PrintableTest, TypesetterPrintsTheBordersOfEveryRange) {
  for (const printable::Range& range : printable::Table()) {
    // Two characters that do not join, so that one cannot hide behind the other.
    EXPECT_TRUE(Prints(Utf8(range.first) + "a" + Utf8(range.last)))
        << "U+" << std::hex << static_cast<uint32_t>(range.first);
  }
}

TEST_F(PrintableTest, TypesetterRefusesWhatStandsBesideARange) {
  int refused = 0;
  const auto check = [&](char32_t code_point) {
    if (HasNoMeaning(code_point) || printable::Find(code_point) != nullptr) return;
    ++refused;
    EXPECT_FALSE(Prints(Utf8(code_point))) << "U+" << std::hex << static_cast<uint32_t>(code_point);
  };
  for (const printable::Range& range : printable::Table()) {
    check(range.first - 1);
    check(range.last + 1);
  }
  EXPECT_GT(refused, 100);
}

TEST_F(PrintableTest, TableAndTypesetterAgreeOnASampleOfAllCharacters) {
  std::uniform_int_distribution<uint32_t> any(0x20, 0x2FFFF);
  for (int i = 0; i < 3000; ++i) {
    const char32_t code_point = any(random_);
    if (HasNoMeaning(code_point)) continue;
    EXPECT_EQ(Prints(Utf8(code_point)), printable::Find(code_point) != nullptr)
        << "U+" << std::hex << static_cast<uint32_t>(code_point);
  }
}

// A character may get another font beside another script.
TEST_F(PrintableTest, TypesetterPrintsWhateverStandsTogether) {
  const auto table = printable::Table();
  std::uniform_int_distribution<size_t> any(0, table.size() - 1);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (int length = 0; length < 40; ++length) text += Utf8(table[any(random_)].first);
    EXPECT_TRUE(Prints(text)) << "text " << i;
  }
}

TEST_F(PrintableTest, NoTextIsHigherThanItsBound) {
  const auto table = printable::Table();
  std::uniform_int_distribution<size_t> any(0, table.size() - 1);
  std::uniform_int_distribution<int> near(0, 60), chance(0, 9);
  for (int i = 0; i < 300; ++i) {
    std::string text;
    // Scripts are neighbours in the table, so a text keeps to one for a while.
    size_t script = any(random_);
    for (int length = 0; length < 200; ++length) {
      const int dice = chance(random_);
      if (dice == 0 && length % 40 == 0) script = any(random_);
      if (dice == 1) text += ' ';
      if (dice == 2 && i % 3 == 0) text += '\n';
      text += Utf8(table[std::min(script + near(random_), table.size() - 1)].first);
    }
    for (const double width : {page::kSenderMeasure, page::kMeasure}) {
      EXPECT_LE(Block(text, page::kBody, width).Height(),
                printable::HeightBound(text, page::kBody, width))
          << "text " << i;
    }
  }
}

}  // namespace
}  // namespace fsft::fulfillment
