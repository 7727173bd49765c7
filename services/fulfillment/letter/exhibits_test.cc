#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "services/fulfillment/letter/pdf_tools.h"
#include "services/fulfillment/letter/sample_letters.h"
#include "services/fulfillment/letter/typesetter.h"
#include "shared/images/photograph.h"
#include "shared/images/sample_images.h"
#include "shared/images/signature.h"

namespace fsft::fulfillment {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// As intake prepares it.
std::string Photograph(int width, int height, bool noise = false) {
  const auto prepared = images::PreparePhotograph(
      images::MakeJpeg({.width = width, .height = height, .noise = noise}));
  EXPECT_TRUE(prepared.ok()) << prepared.status();
  return prepared->jpeg;
}

class LetterExhibitsTest : public ::testing::Test {
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
  static std::string PageText(const std::string& pdf, int page) {
    const std::string n = std::to_string(page);
    return PdfText(pdf, "-layout -f " + n + " -l " + n);
  }

  static inline Typesetter* typesetter_ = nullptr;
};

TEST_F(LetterExhibitsTest, EachStandsOnAPageOfItsOwnAfterTheText) {
  Letter letter = SampleLetter();
  letter.exhibits = {{.caption = "The sign behind the netting, seen from the kerb",
                      .jpeg = Photograph(1600, 1200)},
                     {.caption = "", .jpeg = Photograph(900, 1600)}};
  const std::string pdf = Render(letter);
  EXPECT_THAT(PdfInfo(pdf), HasSubstr("Pages:           3\n"));
  EXPECT_THAT(PageText(pdf, 1), HasSubstr("Enclosures: 2 photographs"));
  EXPECT_THAT(PageText(pdf, 2), HasSubstr("Exhibit 1 of 2"));
  EXPECT_THAT(PageText(pdf, 2), HasSubstr("The sign behind the netting, seen from the kerb"));
  EXPECT_THAT(PageText(pdf, 3), HasSubstr("Exhibit 2 of 2"));
  for (int page : {1, 2, 3}) {
    EXPECT_THAT(PageText(pdf, page), HasSubstr("Citation 912345678"));
    EXPECT_THAT(PageText(pdf, page), HasSubstr("Page " + std::to_string(page) + " of 3"));
  }
}

TEST_F(LetterExhibitsTest, ThePhotographsAreInThePdfByteForByte) {
  Letter letter = SampleLetter();
  const std::vector<std::string> jpegs = {Photograph(400, 300), Photograph(300, 400)};
  for (const std::string& jpeg : jpegs) letter.exhibits.push_back({.jpeg = jpeg});
  EXPECT_EQ(PdfJpegs(Render(letter)), jpegs);
}

TEST_F(LetterExhibitsTest, WithoutPhotographsNothingSaysSo) {
  EXPECT_THAT(PdfText(Render(SampleLetter())), Not(HasSubstr("nclosure")));
  Letter one = SampleLetter();
  one.exhibits = {{.jpeg = Photograph(400, 300)}};
  EXPECT_THAT(PdfText(Render(one)), HasSubstr("Enclosure: 1 photograph\n"));
}

TEST_F(LetterExhibitsTest, TheEnclosuresStayOnTheSignaturesPage) {
  for (int words = 200; words < 460; words += 20) {
    Letter letter = SampleLetter();
    letter.text = SampleText(words);
    letter.exhibits = {{.jpeg = Photograph(40, 30)}};
    const std::string text = PdfText(Render(letter));
    const size_t enclosure = text.find("Enclosure:");
    // A form feed ends a page.
    const size_t name = text.rfind("Adelaide", enclosure);
    EXPECT_EQ(text.substr(name, enclosure - name).find('\f'), std::string::npos) << words;
  }
}

TEST_F(LetterExhibitsTest, PhotographsOfEveryShapeStayWithinTheMargins) {
  Letter letter = SampleLetter();
  for (const auto& [width, height] :
       {std::pair{1625, 2125}, {1625, 100}, {100, 2125}, {2000, 2000}, {1, 1}}) {
    letter.exhibits.push_back(
        {.caption = std::string(100, 'W'), .jpeg = Photograph(width, height)});
  }
  const std::string pdf = Render(letter);
  for (int page = 2; page <= 6; ++page) {
    EXPECT_EQ(InkWithin(pdf, page, 0, 0, 612, 70), 0) << "top, page " << page;
    EXPECT_EQ(InkWithin(pdf, page, 0, 0, 79, 792), 0) << "left, page " << page;
    EXPECT_EQ(InkWithin(pdf, page, 533, 0, 79, 792), 0) << "right, page " << page;
    EXPECT_EQ(InkWithin(pdf, page, 0, 728, 612, 12), 0) << "above the footer, page " << page;
    // The one pixel of the last is too little to see.
    if (page < 6) {
      EXPECT_GT(InkWithin(pdf, page, 79, 140, 454, 586), 0) << "page " << page;
    }
  }
}

// The most that a customer can send: five photographs that compress worst, two thousand different
// Chinese signs (intake refuses more), and the largest signature. The printer takes 5 MiB.
TEST_F(LetterExhibitsTest, FiveOfTheLargestAlwaysFit) {
  Letter letter = SampleLetter();
  const std::string jpeg = Photograph(1625, 2125, /*noise=*/true);
  for (int i = 0; i < 5; ++i) {
    // Other bytes at its end, so that no two are shared.
    letter.exhibits.push_back({.jpeg = jpeg + std::string(images::kMaxJpegBytes - jpeg.size(),
                                                          static_cast<char>('a' + i))});
  }
  letter.text.clear();
  for (int i = 0; i < 5000; ++i) {
    const int sign = 0x8C00 + i % 2000;
    letter.text += static_cast<char>(0xE0 | sign >> 12);
    letter.text += static_cast<char>(0x80 | (sign >> 6 & 0x3F));
    letter.text += static_cast<char>(0x80 | (sign & 0x3F));
  }
  // 200 KiB, which is what a request may bring.
  letter.signature_png =
      *images::PrepareSignature(images::MakePng({.width = 500, .height = 135, .noise = true}));
  const std::string pdf = Render(letter);
  std::cout << "largest letter: " << pdf.size() / 1024 << " KiB of " << kMaxPdfBytes / 1024 << "\n";
  EXPECT_EQ(PdfJpegs(pdf).size(), 5);
}

TEST_F(LetterExhibitsTest, NeverAnswersWithAPdfThatIsCutOff) {
  Letter letter = SampleLetter();
  const std::string jpeg = Photograph(40, 30);
  // Around the limit, where only Cairo's last few writes fail.
  for (size_t over = 0; over < 40; ++over) {
    letter.exhibits = {
        {.jpeg = jpeg + std::string(kMaxPdfBytes - 24'000 + over * 250 - jpeg.size(), 'x')}};
    const auto pdf = typesetter_->RenderLetter(letter);
    if (pdf.ok()) {
      EXPECT_TRUE(pdf->ends_with("%%EOF\n")) << over;
    } else {
      EXPECT_EQ(pdf.status(), absl::InvalidArgumentError("letter_too_large"));
    }
  }
  letter.exhibits = {{.jpeg = jpeg + std::string(kMaxPdfBytes, 'x')}};
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("letter_too_large"));
}

TEST_F(LetterExhibitsTest, RefusesWhatIsNoPhotograph) {
  const std::string jpeg = Photograph(40, 30);
  for (const std::string& bytes :
       {std::string(), std::string("text"), jpeg.substr(0, jpeg.size() / 2), images::MakePng({})}) {
    Letter letter = SampleLetter();
    letter.exhibits = {{.jpeg = bytes}};
    EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("exhibit_unusable"));
  }
}

// Found by tests/fuzz: Cairo's error was taken for a failure of ours, to be tried again for ever.
TEST_F(LetterExhibitsTest, RefusesAPhotographThatClaimsToBeHuge) {
  for (const auto& [width, height] :
       {std::pair<uint16_t, uint16_t>{40000, 30}, {30, 40000}, {30000, 30000}}) {
    Letter letter = SampleLetter();
    letter.exhibits = {{.jpeg = images::JpegClaimingSize(Photograph(40, 30), width, height)}};
    EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("exhibit_unusable"))
        << width << " by " << height;
  }
}

// Found by tests/fuzz: decoders pass over what stands between two segments, and Cairo does not.
TEST_F(LetterExhibitsTest, PrintsNoBlackSquareInThePlaceOfAPhotograph) {
  Letter letter = SampleLetter();
  letter.exhibits = {{.jpeg = Photograph(40, 30).insert(2, "junk")}};
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("exhibit_unusable"));
}

TEST_F(LetterExhibitsTest, RefusesACaptionThatCannotBePrinted) {
  Letter letter = SampleLetter();
  letter.exhibits = {{.caption = "\xCD\xB8", .jpeg = Photograph(40, 30)}};
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("unprintable_character"));
  letter.exhibits.front().caption = "caf\xE9";
  EXPECT_EQ(Refusal(letter), absl::InvalidArgumentError("text_not_utf8"));
}

TEST_F(LetterExhibitsTest, TheSameLetterIsTheSameBytes) {
  Letter letter = SampleLetter();
  letter.exhibits = {{.jpeg = Photograph(40, 30)}};
  EXPECT_TRUE(Render(letter) == Render(letter));
}

}  // namespace
}  // namespace fsft::fulfillment
