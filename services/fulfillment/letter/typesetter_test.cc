#include "services/fulfillment/letter/typesetter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include "services/fulfillment/letter/pdf_tools.h"
#include "services/fulfillment/letter/sample_letters.h"
#include "shared/printable/page.h"

namespace fsft::fulfillment {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// All words in their order, whatever the line breaks.
std::string Words(const std::string& text) {
  std::istringstream in(text);
  std::string words, word;
  while (in >> word) words += word + ' ';
  return words;
}

// Without the two footers, which stand between one page's text and the next one's.
std::string WithoutFooters(const std::string& text) {
  std::istringstream in(text);
  std::string kept, line;
  while (std::getline(in, line)) {
    if (line.find("Page ") == std::string::npos || line.find(" of ") == std::string::npos)
      kept += line + '\n';
  }
  return kept;
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// The characters of a text in code order, without spaces and the marks that poppler adds around
// right-to-left text. Extraction puts ligatures of such scripts into an order of its own.
std::string Characters(const std::string& utf8) {
  std::vector<std::string> characters;
  for (size_t i = 0; i < utf8.size();) {
    size_t end = i + 1;
    while (end < utf8.size() && (utf8[end] & 0xC0) == 0x80) ++end;
    const std::string character = utf8.substr(i, end - i);
    if (character.size() > 1 ? !character.starts_with("\xE2\x80")
                             : !isspace(static_cast<unsigned char>(character[0]))) {
      characters.push_back(character);
    }
    i = end;
  }
  std::sort(characters.begin(), characters.end());
  std::string sorted;
  for (const std::string& character : characters) sorted += character;
  return sorted;
}

class TypesetterTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = Typesetter::Create();
    ASSERT_TRUE(made.ok()) << made.status();
    typesetter_ = made->release();
  }
  static void TearDownTestSuite() { delete typesetter_; }

  static std::string Render(const Letter& letter) {
    auto pdf = typesetter_->RenderLetter(letter);
    EXPECT_TRUE(pdf.ok()) << pdf.status();
    return pdf.value_or("");
  }
  static absl::Status Refusal(const Letter& letter) {
    return typesetter_->RenderLetter(letter).status();
  }

  static inline Typesetter* typesetter_ = nullptr;
};

// What intake has taken for printable before payment might not be so with others.
TEST(Typesetter, DoesNotStartWithOtherFontsThanThoseMeasured) {
  const std::filesystem::path root = testing::TempDir() + "other_fonts";
  const std::filesystem::path noto = "usr/share/fonts/truetype/noto";
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(root / noto);
  std::filesystem::copy("/" / noto / "NotoSerif-Regular.ttf", root / noto);
  setenv("FONTCONFIG_SYSROOT", root.c_str(), /*replace=*/1);
  const absl::Status status = Typesetter::Create().status();
  unsetenv("FONTCONFIG_SYSROOT");
  std::filesystem::remove_all(root);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("not those that were measured"));
}

TEST_F(TypesetterTest, PrintsSenderDateAgencyAndSubject) {
  const std::string text = Words(PdfText(Render(SampleLetter())));
  EXPECT_THAT(
      text,
      HasSubstr(
          "Adelaide Rider-Montgomery 1500 Valencia Street Apartment 4B San Francisco, CA 94110 "
          "adelaide@example.com (415) 555-0100 November 2, 2026 "
          "SFMTA Citation Review 11 South Van Ness Avenue San Francisco, CA 94103 "
          "Re: Parking citation 912345678 "
          "Issued October 28, 2026 · License plate 8ABC123 · 2019 Honda Fit, blue "));
}

TEST_F(TypesetterTest, PrintsTheCustomersWordsWithTheirLineBreaks) {
  Letter letter = SampleLetter();
  letter.text = "First line\nsecond line\n\nA new paragraph.\n\n\n  indented, naïve café № 5";
  const std::string text = PdfText(Render(letter));
  EXPECT_THAT(text, HasSubstr("First line\nsecond line\n\nA new paragraph.\n"));
  EXPECT_THAT(text, HasSubstr(" indented, naïve café № 5\n"));
}

TEST_F(TypesetterTest, PrintsMarkupAsItWasTyped) {
  Letter letter = SampleLetter();
  letter.text = "<b>bold</b> &amp; <span foreground='red'> \"quoted\" </nothing> <& %s {{name}}";
  EXPECT_THAT(
      PdfText(Render(letter)),
      HasSubstr("<b>bold</b> &amp; <span foreground='red'> \"quoted\" </nothing> <& %s {{name}}"));
}

TEST_F(TypesetterTest, AddsNoHyphenToWordsThatAreTooLong) {
  Letter letter = SampleLetter();
  letter.text = std::string(400, 'm');
  std::string text = PdfText(Render(letter));
  text.erase(std::remove_if(text.begin(), text.end(), [](unsigned char c) { return isspace(c); }),
             text.end());
  EXPECT_THAT(text, HasSubstr(letter.text));
}

TEST_F(TypesetterTest, PagesAreUsLetter) {
  EXPECT_THAT(PdfInfo(Render(SampleLetter())),
              HasSubstr("Page size:       612 x 792 pts (letter)"));
}

TEST_F(TypesetterTest, LongTextRunsOverNumberedPagesWithoutLosingAWord) {
  Letter letter = SampleLetter();
  letter.text = SampleText(1500);
  const std::string pdf = Render(letter);
  const std::string text = PdfText(pdf);
  EXPECT_THAT(Words(WithoutFooters(text)), HasSubstr(Words(letter.text)));
  const int pages = Count(text, "Page ");
  EXPECT_GT(pages, 2);
  EXPECT_THAT(PdfInfo(pdf), HasSubstr("Pages:           " + std::to_string(pages) + "\n"));
  for (int page = 1; page <= pages; ++page) {
    EXPECT_THAT(text, HasSubstr("Page " + std::to_string(page) + " of " + std::to_string(pages)));
  }
}

TEST_F(TypesetterTest, KeepsTheEnvelopeWindowFree) {
  for (Letter letter : {SampleLetter(), LongestHead()}) {
    letter.text = SampleText(900);
    letter.signature_png = SamplePng(600, 180);
    EXPECT_EQ(InkWithin(Render(letter), 1, 0, 0, page::kWindowRight, page::kWindowBottom), 0);
  }
}

TEST_F(TypesetterTest, KeepsTheMarginsFreeWhateverTheText) {
  Letter letter = LongestHead();
  letter.text = std::string(3000, 'W') + "\n" + SampleText(300);
  const std::string pdf = Render(letter);
  for (int page : {1, 2}) {
    EXPECT_EQ(InkWithin(pdf, page, 0, 0, 70, 792), 0) << "left, page " << page;
    EXPECT_EQ(InkWithin(pdf, page, 540, 0, 72, 792), 0) << "right, page " << page;
    EXPECT_EQ(InkWithin(pdf, page, 0, 760, 612, 32), 0) << "foot, page " << page;
  }
}

TEST_F(TypesetterTest, EmbedsItsFonts) {
  std::istringstream fonts(PdfFonts(Render(SampleLetter())));
  std::string line;
  int count = 0;
  while (std::getline(fonts, line)) {
    if (line.find("NotoSerif") == std::string::npos) continue;
    ++count;
    EXPECT_THAT(line, HasSubstr("yes yes yes")) << "embedded, subset, readable";
  }
  EXPECT_EQ(count, 2) << "regular and bold";
}

TEST_F(TypesetterTest, PrintsTheSignatureOrALineToSignOn) {
  Letter letter = SampleLetter();
  EXPECT_THAT(PdfImages(Render(letter)), Not(HasSubstr("image")));
  letter.signature_png = SamplePng(600, 180);
  EXPECT_THAT(PdfImages(Render(letter)), HasSubstr("image"));
}

TEST_F(TypesetterTest, PrintsOtherScripts) {
  for (const char* text :
       {"敬启者：本人就停车罚单 912345678 提出申诉。", "السادة المحترمون، أرجو إلغاء المخالفة.",
        "Ελληνικά, Русский, עברית, ภาษาไทย, 한국어, 日本語, Tiếng Việt"}) {
    Letter letter = SampleLetter();
    letter.text = text;
    const std::string all = PdfText(Render(letter), "-raw");
    const size_t start = all.find("Honda Fit, blue\n") + 16;
    const size_t end = all.find("Adelaide", start);
    EXPECT_EQ(Characters(all.substr(start, end - start)), Characters(text));
  }
}

// Cairo 1.16 aborts when it embeds these two together: their outlines share a subroutine.
TEST_F(TypesetterTest, PrintsChineseCharactersThatShareTheirStrokes) {
  Letter letter = SampleLetter();
  letter.text = "\u99b7\u99ce";
  EXPECT_THAT(PdfText(Render(letter)), HasSubstr("\u99b7\u99ce"));
}

// Punctuation of the Chinese face, which has glyphs of its own, among letters that read from right.
TEST_F(TypesetterTest, PrintsChinesePunctuationBetweenArabicWords) {
  Letter letter = SampleLetter();
  letter.text = "مرحبا\u3001\u200d\u3002مرحبا";
  const std::string text = PdfText(Render(letter), "-raw");
  EXPECT_THAT(text, HasSubstr("\u3001"));
  EXPECT_THAT(text, HasSubstr("\u3002"));
}

TEST_F(TypesetterTest, RefusesACharacterThatNoFontHas) {
  Letter letter = SampleLetter();
  letter.text += " \xCD\xB8";  // U+0378 is assigned to nothing
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("unprintable_character"));
}

TEST_F(TypesetterTest, RefusesWhatIsNotUtf8) {
  Letter letter = SampleLetter();
  letter.sender.name = "Ad\xE9le";
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("text_not_utf8"));
}

TEST_F(TypesetterTest, RefusesADamagedSignature) {
  Letter letter = SampleLetter();
  letter.signature_png = "not a picture";
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("signature_unusable"));
}

TEST_F(TypesetterTest, RefusesMorePagesThanThePrinterTakes) {
  Letter letter = SampleLetter();
  for (int i = 0; i < 3000; ++i) letter.text += "line\n";
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("too_many_pages"));
}

TEST_F(TypesetterTest, MetadataNamesNobody) {
  const std::string info = PdfInfo(Render(SampleLetter()));
  for (const char* personal : {"Adelaide", "912345678", "SFMTA", "Author"})
    EXPECT_THAT(info, Not(HasSubstr(personal)));
}

TEST_F(TypesetterTest, TheSameLetterIsTheSameBytesOnEveryThread) {
  const Letter letter = SampleLetter();
  const std::string expected = Render(letter);
  std::vector<std::string> pdfs(4);
  std::vector<std::thread> threads;
  for (std::string& pdf : pdfs) threads.emplace_back([&] { pdf = Render(letter); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& pdf : pdfs) EXPECT_TRUE(pdf == expected);
}

}  // namespace
}  // namespace fsft::fulfillment
