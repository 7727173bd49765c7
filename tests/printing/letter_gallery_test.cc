// A letter of each kind, as pictures for people: build/<preset>/letters/<kind>-<page>.png. Whoever
// changes the page looks at them; what a program can judge is judged here.
#include <cairo.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/fulfillment/letter/handles.h"
#include "services/fulfillment/letter/pdf_tools.h"
#include "services/fulfillment/letter/sample_letters.h"
#include "services/fulfillment/letter/typesetter.h"
#include "services/fulfillment/mailing/submissions.h"
#include "shared/images/photograph.h"
#include "shared/images/sample_images.h"
#include "shared/printable/page.h"

namespace fsft::test {
namespace {

namespace fs = std::filesystem;
using fightsftickets::common::v1::APPEAL_TYPE_CERTIFIED;
using fightsftickets::common::v1::APPEAL_TYPE_STANDARD;
using fulfillment::LetterExhibit;
using fulfillment::Submission;
using fulfillment::SurfaceHandle;

constexpr int kDotsPerInch = 100;

constexpr std::string_view kEnglish =
    "To Whom It May Concern:\n\n"
    "I am writing to contest citation 912345678, issued on October 28, 2026 at 1500 Valencia "
    "Street for an alleged street-cleaning violation (Transportation Code § 7.2.22).\n\n"
    "The only sign on that side of the block was covered by construction netting. I have enclosed "
    "a photograph that I took at 9:15 a.m. that morning; the officer's own notes should show the "
    "same. The permit for the scaffolding, no. 2026-1177, was still posted on the fence when I "
    "came back on Friday. I first saw the sign's text — “No parking, Wednesday 8 to 10 AM” — after "
    "the netting had been taken down.\n\n"
    "California Vehicle Code § 40215 entitles me to an initial review of this citation. A "
    "restriction that cannot be read from the space it governs gives no notice, and I would not "
    "have parked there had I been able to see it.\n\n"
    "I respectfully ask that the citation be dismissed.\n\n"
    "Sincerely,";
constexpr std::string_view kChinese =
    "敬启者：\n\n"
    "本人就2026年10月28日在瓦伦西亚街1500号收到的停车罚单（编号912345678）提出申诉。该路段仅有的一"
    "块路"
    "牌当时被建筑施工的防护网完全遮挡，从停车位置无法看清上面的文字；随信附上我当天上午九点十五分拍"
    "摄的照片。\n\n"
    "根据《加利福尼亚州车辆法典》第40215条，我请求贵局对这张罚单进行初步复核。无法辨认的标志不能构"
    "成有"
    "效的告知：如果我看得见它，就不会把车停在那里。\n\n"
    "恳请贵局撤销该罚单。\n\n"
    "此致\n敬礼";
constexpr std::string_view kArabic =
    "السادة المحترمون،\n\n"
    "أكتب إليكم للاعتراض على المخالفة رقم 912345678 الصادرة بتاريخ 28/10/2026 في شارع فالنسيا رقم "
    "1500. كانت اللافتة الوحيدة في ذلك الجانب من الشارع مغطاة بشبكة البناء، ولم يكن من الممكن "
    "قراءتها "
    "من مكان الوقوف (انظروا الصورة المرفقة).\n\n"
    "لو كنت قد رأيت اللافتة لما أوقفت سيارتي هناك. لذلك أرجو من هيئة SFMTA إلغاء المخالفة.\n\n"
    "مع فائق الاحترام،";
constexpr std::string_view kMixed =
    "To Whom It May Concern:\n\n"
    "My mother, 王秀英, does not read English; the sign said «Стоянка запрещена» to her neighbour "
    "and nothing to her. She asked the officer, «¿Está permitido aquí?», and was told „ja, "
    "natürlich“.\n\n"
    "שלום רב, השלט היה מוסתר לגמרי ביום 28/10/2026.\n\n"
    "표지판이 공사 그물에 가려져 있어서 읽을 수 없었습니다.\n\n"
    "標識は工事のシートで隠れていました。\n\n"
    "ป้ายจราจรถูกบังไว้ด้วยตาข่ายก่อสร้าง ดิฉันจึงไม่ทราบ\n\n"
    "निर्माण की जाली से संकेत छिपा था।\n\n"
    "Η πινακίδα ήταν κρυμμένη. Biển báo đã bị che khuất. Offices, affluent flow, first floor.\n\n"
    "Sincerely,";

Submission Saying(std::string_view text) {
  Submission submission;
  submission.set_appeal_type(APPEAL_TYPE_STANDARD);
  submission.mutable_citation()->set_number("912345678");
  submission.mutable_citation()->set_violation_date("2026-10-28");
  submission.mutable_citation()->set_license_plate("8ABC123");
  submission.mutable_citation()->set_vehicle_info("2019 Honda Fit, blue");
  auto& sender = *submission.mutable_sender();
  sender.set_name("Adelaide Rider-Montgomery");
  sender.set_address_line1("1500 Valencia Street");
  sender.set_address_line2("Apartment 4B");
  sender.set_city("San Francisco");
  sender.set_state("CA");
  sender.set_zip("94110");
  sender.set_email("adelaide@example.com");
  sender.set_phone("(415) 555-0100");
  auto& agency = *submission.mutable_agency();
  agency.set_name("SFMTA Citation Review");
  agency.set_address_line1("11 South Van Ness Avenue");
  agency.set_city("San Francisco");
  agency.set_state("CA");
  agency.set_zip("94103");
  submission.set_letter_text(std::string(text));
  submission.set_submitted_on("2026-11-02");
  submission.set_signature_png(fulfillment::SamplePng(600, 180));
  return submission;
}

std::vector<LetterExhibit> FiveExhibits() {
  constexpr auto kShapes = std::to_array<std::pair<int, int>>(
      {{1600, 1200}, {900, 1600}, {1200, 1200}, {1600, 500}, {240, 180}});
  constexpr auto kCaptions = std::to_array<std::string_view>(
      {"The sign behind the netting, seen from the kerb on October 28, 2026 at 9:15 a.m.",
       "The whole scaffolding, from across the street. The permit hangs at the lower left, beside "
       "the "
       "door; the sign would be above it if the netting were not there, as it is now that the work "
       "is "
       "over and the pavement has been opened again.",
       "", "The meter", "路牌被施工网遮挡"});
  std::vector<LetterExhibit> exhibits;
  for (size_t i = 0; i < kShapes.size(); ++i) {
    const auto [width, height] = kShapes[i];
    const auto photograph =
        images::PreparePhotograph(images::MakeJpeg({.width = width, .height = height}));
    EXPECT_TRUE(photograph.ok()) << photograph.status();
    exhibits.push_back({.caption = std::string(kCaptions[i]), .jpeg = photograph->jpeg});
  }
  return exhibits;
}

class LetterGallery : public testing::Test {
 protected:
  std::string Print(const Submission& submission, std::vector<LetterExhibit> exhibits = {}) const {
    const auto pdf =
        typesetter_->RenderLetter(fulfillment::LetterOf(submission, std::move(exhibits)));
    EXPECT_TRUE(pdf.ok()) << pdf.status();
    return pdf.value_or("");
  }

  // The pictures of its pages, which stay in the build tree.
  static std::vector<SurfaceHandle> Hang(const std::string& kind, const std::string& pdf) {
    const fs::path wall = FSFT_GALLERY;
    fs::create_directories(wall);
    for (const auto& old : fs::directory_iterator(wall)) {
      if (old.path().filename().string().starts_with(kind + "-")) fs::remove(old);
    }
    std::vector<SurfaceHandle> pages;
    for (const std::string& path : fulfillment::PdfPictures(pdf, kDotsPerInch, wall / kind)) {
      pages.emplace_back(cairo_image_surface_create_from_png(path.c_str()));
      EXPECT_EQ(cairo_surface_status(pages.back().get()), CAIRO_STATUS_SUCCESS) << path;
    }
    return pages;
  }

 private:
  const std::unique_ptr<fulfillment::Typesetter> typesetter_ = *fulfillment::Typesetter::Create();
};

struct Box {
  double left = 0;
  double top = 0;
  double right = page::kWidth;
  double bottom = page::kHeight;
};

// The share of a box, in points, that is neither white nor a pale green.
double InkOf(cairo_surface_t* page, const Box& box) {
  const auto pixel = [](double points) { return static_cast<int>(points * kDotsPerInch / 72); };
  const unsigned char* bytes = cairo_image_surface_get_data(page);
  const int stride = cairo_image_surface_get_stride(page);
  int inked = 0, pixels = 0;
  for (int y = pixel(box.top); y < pixel(box.bottom); ++y) {
    for (int x = pixel(box.left); x < pixel(box.right); ++x, ++pixels) {
      // Four bytes a pixel, of which the second is green.
      inked += bytes[y * stride + x * 4 + 1] < 200;
    }
  }
  return static_cast<double>(inked) / pixels;
}

void ExpectGoodPages(const std::vector<SurfaceHandle>& pages, size_t count) {
  ASSERT_EQ(pages.size(), count);
  for (size_t i = 0; i < pages.size(); ++i) {
    SCOPED_TRACE("page " + std::to_string(i + 1));
    EXPECT_EQ(cairo_image_surface_get_width(pages[i].get()), 8.5 * kDotsPerInch);
    EXPECT_EQ(cairo_image_surface_get_height(pages[i].get()), 11 * kDotsPerInch);
    // From a closing with two lines to a photograph that fills the page.
    const double ink = InkOf(pages[i].get(), {});
    EXPECT_GT(ink, 0.003);
    EXPECT_LT(ink, 0.6);
    EXPECT_EQ(InkOf(pages[i].get(), {.right = page::kLeft - 2}), 0) << "left margin";
    EXPECT_EQ(InkOf(pages[i].get(), {.left = page::kRight + 4}), 0) << "right margin";
  }
  EXPECT_EQ(InkOf(pages[0].get(), {.right = page::kWindowRight, .bottom = page::kWindowBottom}), 0)
      << "window";
}

TEST_F(LetterGallery, Standard) { ExpectGoodPages(Hang("standard", Print(Saying(kEnglish))), 1); }

// How it travels is the envelope's business.
TEST_F(LetterGallery, CertifiedIsTheSameLetter) {
  Submission submission = Saying(kEnglish);
  const std::string standard = Print(submission);
  submission.set_appeal_type(APPEAL_TYPE_CERTIFIED);
  const std::string certified = Print(submission);
  ExpectGoodPages(Hang("certified", certified), 1);
  EXPECT_TRUE(certified == standard);
}

TEST_F(LetterGallery, FiveExhibits) {
  const auto pages = Hang("five-exhibits", Print(Saying(kEnglish), FiveExhibits()));
  // The list of what is enclosed sends the signature to a second page.
  ExpectGoodPages(pages, 7);
  for (size_t i = 2; i < pages.size(); ++i) {
    // Half of each picture has no green; the smallest is 240 by 180 pixels.
    EXPECT_GT(InkOf(pages[i].get(), {.top = page::kTop + 20, .bottom = page::kBottom}), 0.02)
        << "exhibit " << i - 1;
  }
}

TEST_F(LetterGallery, ThreePages) {
  const auto pages = Hang("three-pages", Print(Saying(fulfillment::SampleText(1200))));
  ExpectGoodPages(pages, 3);
  EXPECT_GT(InkOf(pages[1].get(), {.top = page::kBottom - 50, .bottom = page::kBottom}), 0.01)
      << "the page in the middle is full";
}

TEST_F(LetterGallery, Chinese) {
  const std::string pdf = Print(Saying(kChinese));
  ExpectGoodPages(Hang("chinese", pdf), 1);
  EXPECT_THAT(fulfillment::PdfText(pdf), testing::HasSubstr("恳请贵局撤销该罚单。"));
}

TEST_F(LetterGallery, ArabicStandsAtTheRight) {
  const auto pages = Hang("arabic", Print(Saying(kArabic)));
  ExpectGoodPages(pages, 1);
  const Box body{.top = page::kWindowBottom + 115, .bottom = page::kWindowBottom + 250};
  const double middle = page::kWidth / 2;
  EXPECT_GT(InkOf(pages[0].get(), {middle, body.top, body.right, body.bottom}),
            InkOf(pages[0].get(), {body.left, body.top, middle, body.bottom}) * 1.2);
}

TEST_F(LetterGallery, MixedScripts) { ExpectGoodPages(Hang("mixed", Print(Saying(kMixed))), 1); }

}  // namespace
}  // namespace fsft::test
