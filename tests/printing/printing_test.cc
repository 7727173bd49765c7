// Promise: an appeal that intake takes is a letter that can be printed. Whoever breaks it takes money
// for nothing. A failing seed is printed with the failure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "services/fulfillment/letter/pdf_tools.h"
#include "services/fulfillment/letter/typesetter.h"
#include "services/fulfillment/mailing/submissions.h"
#include "services/intake/appeal.h"
#include "services/intake/letter_room.h"
#include "shared/images/photograph.h"
#include "shared/images/sample_images.h"
#include "shared/images/signature.h"
#include "shared/printable/page.h"
#include "shared/printable/printable.h"
#include "shared/rpc/status.h"
#include "tests/printing/nasty_letters.h"
#include "tests/printing/utf8.h"

namespace fsft::test {
namespace {

using fightsftickets::intake::v1::Submission;
using fightsftickets::intake::v1::SubmitAppealRequest;

constexpr uint32_t kLetters = 200;
constexpr size_t kMaxTextPages = 55;
// What is left of the printer's 5 MiB when five photographs are printed behind the letter.
constexpr size_t kMaxTextBytes = fulfillment::kMaxPdfBytes - 5 * images::kMaxJpegBytes;

const time::TimePoint kNow = *time::ParseRfc3339("2026-11-22T20:00:00Z");

// The longest address that the registry may hold.
intake::Registry TheRegistry() {
  intake::AuthorityRow row{.city_id = "us-ca-san_francisco",
                           .section_id = "sfmta",
                           .time_zone = "America/Los_Angeles",
                           .patterns = {"^9\\d{8}$"},
                           .appeal_days = 21,
                           .agency = {}};
  row.agency.set_name("SFMTA Citation Review and Adjudications");
  row.agency.set_company("San Francisco Municipal Transportation");
  row.agency.set_address_line1("11 South Van Ness Avenue, Customer Service Center, 1st Floor");
  row.agency.set_address_line2("Administrative Hearings, Window 12");
  row.agency.set_city("San Francisco");
  row.agency.set_state("CA");
  row.agency.set_zip("94103-1234");
  return *intake::Registry::Create({row}, intake::ServedUnverified::All());
}

class PrintingTest : public testing::Test {
 protected:
  absl::StatusOr<Submission> Check(const SubmitAppealRequest& request) const {
    return CheckAppeal(request, registry_, kNow);
  }
  absl::StatusOr<std::string> Print(const Submission& submission) const {
    return typesetter_->RenderLetter(fulfillment::LetterOf(submission, {}));
  }
  std::string Refusal(const SubmitAppealRequest& request) const {
    const rpc::ErrorDetail detail = rpc::DetailOf(Check(request).status());
    return detail.field_violations().empty() ? "" : detail.field_violations(0).code();
  }
  std::string RefusalOfText(const std::string& text) {
    SubmitAppealRequest request = Plain();
    request.set_letter_text(text);
    return Refusal(request);
  }
  // One whose fields are as long as those of ordinary people get.
  static SubmitAppealRequest Plain() {
    SubmitAppealRequest request = NastyTexts(1).Request();
    request.mutable_citation()->set_vehicle_info(
        "2019 Mercedes-Benz Sprinter, white, Oregon plates");
    request.mutable_citation()->set_license_plate("8ABC123");
    request.mutable_sender()->set_name("Maximiliana Wolfeschlegelstein-Hausen Jr");
    request.mutable_sender()->set_address_line1(
        "1500 North Martin Luther King Junior Boulevard Southwest");
    request.mutable_sender()->set_address_line2("Building 12, Apartment 1204-B, care of Whitmore");
    request.mutable_sender()->set_city("Rancho Santa Margarita");
    request.mutable_sender()->set_email("maximiliana.wolfeschlegelsteinhausen@mail.example.com");
    request.mutable_sender()->set_phone("+1 (415) 555-0100");
    request.set_letter_text(std::string(60, 'x'));
    return request;
  }

  const intake::Registry registry_ = TheRegistry();
  const std::unique_ptr<fulfillment::Typesetter> typesetter_ = *fulfillment::Typesetter::Create();
};

size_t PagesOf(const std::string& pdf) {
  const std::string info = fulfillment::PdfInfo(pdf);
  return std::stoul(info.substr(info.find("Pages:") + 6));
}

// Within the paper's edge, where printers print; and nothing in the envelope's window.
void ExpectInItsPlace(const std::string& pdf) {
  constexpr double kEdge = 30;
  const int last = static_cast<int>(PagesOf(pdf));
  for (const int page : {1, last}) {
    EXPECT_EQ(fulfillment::InkWithin(pdf, page, 0, 0, kEdge, page::kHeight), 0) << "left";
    EXPECT_EQ(fulfillment::InkWithin(pdf, page, page::kWidth - kEdge, 0, kEdge, page::kHeight), 0)
        << "right";
    EXPECT_EQ(fulfillment::InkWithin(pdf, page, 0, page::kHeight - kEdge, page::kWidth, kEdge), 0)
        << "foot";
  }
  EXPECT_EQ(fulfillment::InkWithin(pdf, 1, 0, 0, page::kWindowRight, page::kWindowBottom), 0)
      << "window";
}

TEST_F(PrintingTest, EveryAppealThatIntakeTakesPrintsWithinThePrintersLimits) {
  std::map<std::string, int> outcomes;
  for (uint32_t seed = 1; seed <= kLetters; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const SubmitAppealRequest request = NastyTexts(seed).Request();
    const auto submission = Check(request);
    ++outcomes[submission.ok() ? "taken" : Refusal(request)];
    if (!submission.ok()) continue;
    const auto pdf = Print(*submission);
    ASSERT_TRUE(pdf.ok()) << pdf.status();
    EXPECT_LE(PagesOf(*pdf), kMaxTextPages);
    EXPECT_LE(pdf->size(), kMaxTextBytes - images::kMaxPrintedBytes);
    if (seed % 5 == 0) ExpectInItsPlace(*pdf);
  }
  for (const auto& [outcome, count] : outcomes) {
    RecordProperty(outcome, count);
    std::cout << outcome << ": " << count << '\n';
  }
  // Otherwise it proves nothing.
  EXPECT_GT(outcomes["taken"], 60);
}

TEST_F(PrintingTest, OrdinaryLettersAreTakenHoweverLong) {
  const auto repeated = [](std::string_view part, size_t times) {
    std::string text;
    for (size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  EXPECT_EQ(RefusalOfText(repeated("Dear sirs, the sign was hidden.\n\n", 150)), "");
  EXPECT_EQ(RefusalOfText(repeated("WWWWWWWWWW ", 454)), "");
  EXPECT_EQ(RefusalOfText(repeated("本人就停车罚单提出申诉。\n", 384)), "");
  EXPECT_EQ(RefusalOfText(repeated("السادة المحترمون، أرجو إلغاء المخالفة.\n", 128)), "");
  EXPECT_EQ(RefusalOfText(repeated("བོད་སྐད་ཡིག་གི་ཡི་གེ། ", 220)), "");
}

TEST_F(PrintingTest, MoreLinesThanThePrinterHasPagesForAreRefused) {
  std::string text(50, 'x');
  for (int i = 0; i < 2475; ++i) text += "\na";
  EXPECT_EQ(RefusalOfText(text), "too_many_pages");
}

TEST_F(PrintingTest, MoreDrawingsThanTheFileHoldsAreRefused) {
  std::string text;
  for (char32_t code_point = 0xAC00; code_point < 0xAC00 + 2001; ++code_point) {
    text += Utf8(code_point);
  }
  EXPECT_EQ(RefusalOfText(text), "too_many_different_characters");
}

TEST_F(PrintingTest, AFirstPageThatWouldRunOverIsRefused) {
  SubmitAppealRequest request = Plain();
  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "\ufdfd";
  request.mutable_citation()->set_vehicle_info(wide);
  EXPECT_EQ(Refusal(request), "too_wide");
}

TEST_F(PrintingTest, NoEnclosuresLineIsHigherThanIntakeAllowsFor) {
  double tallest = 0;
  for (char32_t code_point = 0x20; code_point < 0x30000; ++code_point) {
    if (code_point >= 0xD800 && code_point < 0xE000) continue;
    const std::string text = Utf8(code_point);
    if (!printable::CanBePrinted(text)) continue;
    tallest = std::max(tallest, printable::TallestLine(text, page::kDetails));
  }
  EXPECT_LE(tallest, intake::kMostEnclosureLine);
  EXPECT_GT(tallest, page::kDetails.leading);
}

// Between the text's end and the footer.
TEST_F(PrintingTest, WhatFollowsTheTextStaysAboveTheFooter) {
  const auto submission = Check(Plain());
  ASSERT_TRUE(submission.ok()) << submission.status();
  const std::string jpeg = images::MakeJpeg({.width = 60, .height = 40});
  for (const std::string& caption :
       std::vector<std::string>{"The sign", "\ufdfd\ufdfd\ufdfd", "བོད་སྐད་ཡིག", "نستعلیق", "本人"}) {
    std::string long_caption;
    for (int i = 0; i < 8; ++i) long_caption += caption;
    for (int lines = 1; lines <= 40; lines += 3) {
      fulfillment::Letter letter = fulfillment::LetterOf(*submission, {});
      letter.exhibits.resize(5, {.caption = long_caption, .jpeg = jpeg});
      for (int i = 0; i < lines; ++i) letter.text += "\nA line.";
      const auto pdf = typesetter_->RenderLetter(letter);
      ASSERT_TRUE(pdf.ok()) << pdf.status();
      for (size_t page = 1; page + 5 <= PagesOf(*pdf); ++page) {
        EXPECT_EQ(fulfillment::InkWithin(*pdf, static_cast<int>(page), 0, page::kBottom + 2,
                                         page::kWidth, page::kFooterTop - page::kBottom - 2),
                  0)
            << caption << ", " << lines << " lines, page " << page;
      }
    }
  }
}

TEST_F(PrintingTest, TheLargestLetterFitsTheFileWithSignatureAndPhotographs) {
  SubmitAppealRequest request = Plain();
  std::string text;
  // Korean syllables with the most strokes, of which each takes its own drawing.
  for (char32_t code_point = 0xD7A3; text.size() < size_t{1990} * 3; code_point -= 5) {
    text += Utf8(code_point);
  }
  request.set_letter_text(text);
  request.set_signature_png(images::MakePng({.width = 240, .height = 120, .noise = true}));
  const auto submission = Check(request);
  ASSERT_TRUE(submission.ok()) << submission.status();
  const auto pdf = Print(*submission);
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  EXPECT_LE(pdf->size(), kMaxTextBytes);
  EXPECT_GT(pdf->size(), kMaxTextBytes / 2);
}

}  // namespace
}  // namespace fsft::test
