#include "shared/images/photograph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <iostream>

#include "shared/images/decoder.h"
#include "shared/images/sample_images.h"

namespace fsft::images {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Refusal(std::string_view image) { return PreparePhotograph(image).status(); }
absl::Status Damaged() { return absl::InvalidArgumentError("image_damaged"); }
absl::Status TooLarge() { return absl::InvalidArgumentError("image_too_large"); }

// "R", "G", "B", "W" or "K" for what a pixel mostly is, "?" for anything else.
char ColourAt(const GdkPixbuf& pixels, int x, int y) {
  const ptrdiff_t row = gdk_pixbuf_get_rowstride(&pixels);
  const ptrdiff_t step = gdk_pixbuf_get_n_channels(&pixels);
  const guchar* pixel = gdk_pixbuf_read_pixels(&pixels) + y * row + x * step;
  std::string bits;
  for (int i = 0; i < 3; ++i) bits += pixel[i] > 200 ? '1' : pixel[i] < 60 ? '0' : '?';
  if (bits == "100") return 'R';
  if (bits == "010") return 'G';
  if (bits == "001") return 'B';
  if (bits == "111") return 'W';
  return bits == "000" ? 'K' : '?';
}

// The four quarters in reading order.
std::string Quarters(const std::string& jpeg) {
  const auto pixels = DecodeJpeg(jpeg);
  if (!pixels.ok()) return std::string(pixels.status().message());
  const int width = gdk_pixbuf_get_width(pixels->get());
  const int height = gdk_pixbuf_get_height(pixels->get());
  std::string quarters;
  for (const auto& [x, y] : {std::pair{1, 1}, {3, 1}, {1, 3}, {3, 3}}) {
    quarters += ColourAt(**pixels, x * width / 4, y * height / 4);
  }
  return quarters;
}

std::string QuartersOfPrepared(std::string_view image) {
  const auto photograph = PreparePhotograph(image);
  return photograph.ok() ? Quarters(photograph->jpeg) : std::string(photograph.status().message());
}

TEST(Photograph, KeepsAPictureThatFits) {
  const auto photograph = PreparePhotograph(MakeJpeg({.width = 320, .height = 200}));
  ASSERT_TRUE(photograph.ok()) << photograph.status();
  EXPECT_EQ(photograph->width, 320);
  EXPECT_EQ(photograph->height, 200);
  EXPECT_EQ(Quarters(photograph->jpeg), "RGBW");
}

TEST(Photograph, EveryKindOfJpegIsPrintedInItsColours) {
  EXPECT_EQ(QuartersOfPrepared(MakeJpeg({.progressive = true})), "RGBW");
  EXPECT_EQ(QuartersOfPrepared(MakeJpeg({.components = 4})), "RGBW") << "inks";
  EXPECT_EQ(QuartersOfPrepared(MakeJpeg({.components = 1})), "K??W") << "grey";
}

TEST(Photograph, EveryKindOfPngIsPrintedInItsColours) {
  EXPECT_EQ(QuartersOfPrepared(MakePng({.color_type = PNG_COLOR_TYPE_RGB})), "RGBW");
  EXPECT_EQ(QuartersOfPrepared(MakePng({.bit_depth = 16})), "RGBW");
  EXPECT_EQ(QuartersOfPrepared(MakePng({.interlaced = true})), "RGBW");
  EXPECT_EQ(QuartersOfPrepared(MakePng({.color_type = PNG_COLOR_TYPE_GRAY})), "K??W");
}

TEST(Photograph, WhatIsTransparentIsPrintedAsWhite) {
  EXPECT_EQ(QuartersOfPrepared(MakePng({.color_type = PNG_COLOR_TYPE_RGB_ALPHA})), "RGWW");
  EXPECT_EQ(QuartersOfPrepared(MakePng({.color_type = PNG_COLOR_TYPE_RGB_ALPHA, .bit_depth = 16})),
            "RGWW");
  EXPECT_EQ(QuartersOfPrepared(MakePng({.color_type = PNG_COLOR_TYPE_PALETTE})), "RGWW");
  EXPECT_EQ(QuartersOfPrepared(MakePng({.color_type = PNG_COLOR_TYPE_GRAY_ALPHA})), "K?WW");
}

TEST(Photograph, IsPrintedAsTheCameraWasHeld) {
  constexpr std::array<const char*, 9> kUpright = {"RGBW", "RGBW", "GRWB", "WBGR", "BWRG",
                                                   "RBGW", "BRWG", "WGBR", "GWRB"};
  const std::string jpeg = MakeJpeg({.width = 64, .height = 32});
  for (int orientation = 0; orientation <= 8; ++orientation) {
    const auto photograph = PreparePhotograph(WithExif(jpeg, orientation));
    ASSERT_TRUE(photograph.ok()) << photograph.status();
    EXPECT_EQ(Quarters(photograph->jpeg), kUpright[orientation]) << orientation;
    EXPECT_EQ(photograph->width, orientation < 5 ? 64 : 32) << orientation;
  }
}

TEST(Photograph, ALargePictureOnItsSideIsTurnedToo) {
  const auto photograph =
      PreparePhotograph(WithExif(MakeJpeg({.width = 6000, .height = 4000, .quality = 40}), 6));
  ASSERT_TRUE(photograph.ok()) << photograph.status();
  EXPECT_EQ(Quarters(photograph->jpeg), "BRWG");
  EXPECT_EQ(photograph->width, 1417);
  EXPECT_EQ(photograph->height, kMaxHeight);
}

TEST(Photograph, IsScaledDownToThePageAndNeverUp) {
  struct Case {
    int width, height, printed_width, printed_height;
  };
  for (const Case& c : {Case{4000, 3000, 1625, 1219}, Case{3000, 4000, 1594, 2125},
                        Case{1625, 2125, 1625, 2125}, Case{1626, 2126, 1625, 2125},
                        Case{1, 1, 1, 1}, Case{6000, 10, 1625, 3}, Case{10, 60000, 1, 2125}}) {
    const auto photograph =
        PreparePhotograph(MakeJpeg({.width = c.width, .height = c.height, .quality = 40}));
    ASSERT_TRUE(photograph.ok()) << photograph.status();
    EXPECT_EQ(photograph->width, c.printed_width) << c.width << "x" << c.height;
    EXPECT_EQ(photograph->height, c.printed_height) << c.width << "x" << c.height;
  }
}

TEST(Photograph, TellsNothingOfThePlaceNorTheCamera) {
  std::string jpeg = WithExif(MakeJpeg({}), 6);
  jpeg = WithSegment(jpeg, 0xFE, "a comment about Mission Street");
  jpeg = WithSegment(jpeg, 0xE2, std::string("ICC_PROFILE\0\x01\x01 a profile", 24));
  jpeg = WithSegment(jpeg, 0xE1, "http://ns.adobe.com/xap/1.0/ a packet");
  jpeg += "what follows the end";
  std::string png = WithChunk(MakePng({}), "tEXt", std::string("Comment\0Mission Street", 22));
  png = WithChunk(png, "eXIf", kGpsText);
  for (const std::string& image : {jpeg, png}) {
    const auto photograph = PreparePhotograph(image);
    ASSERT_TRUE(photograph.ok()) << photograph.status();
    for (const auto secret : {kCameraName, kGpsText, std::string_view("Mission Street"),
                              std::string_view("Exif"), std::string_view("ICC_PROFILE"),
                              std::string_view("adobe"), std::string_view("follows")}) {
      EXPECT_THAT(photograph->jpeg, Not(HasSubstr(std::string(secret))));
    }
  }
}

TEST(Photograph, TheWorstPictureStaysWithinItsBytes) {
  const auto photograph =
      PreparePhotograph(MakeJpeg({.width = 1625, .height = 2125, .noise = true, .quality = 95}));
  ASSERT_TRUE(photograph.ok()) << photograph.status();
  EXPECT_LE(photograph->jpeg.size(), kMaxJpegBytes);
  EXPECT_GT(photograph->jpeg.size(), kMaxJpegBytes / 2) << "no coarser than it must be";
}

TEST(Photograph, OnlyBytesSayWhatItIs) {
  for (const std::string& image : {std::string(), std::string("GIF89a"), std::string("<svg/>"),
                                   std::string("\0\0\0\x18"
                                               "ftypheic",
                                               12),
                                   std::string("%PDF-1.7"), std::string("RIFF\0\0\0\0WEBP", 12)}) {
    EXPECT_EQ(Refusal(image), absl::InvalidArgumentError("image_type_unsupported"));
  }
}

TEST(Photograph, RefusesWhatIsCutShortAnywhere) {
  for (const std::string& image : {MakeJpeg({}), MakeJpeg({.progressive = true}), MakePng({}),
                                   MakePng({.interlaced = true})}) {
    for (size_t size = 8; size < image.size(); size += 1 + image.size() / 97) {
      EXPECT_EQ(Refusal(image.substr(0, size)), Damaged()) << size << " of " << image.size();
    }
    EXPECT_EQ(Refusal(image.substr(0, image.size() - 1)), Damaged());
  }
}

// What can be wrong inside cannot always be told from a picture of noise: then it is printed as any
// viewer would show it.
TEST(Photograph, SurvivesEveryDamagedByte) {
  for (const std::string& image : {MakeJpeg({.width = 24, .height = 16}),
                                   MakeJpeg({.width = 24, .height = 16, .progressive = true}),
                                   MakePng({.width = 24, .height = 16})}) {
    for (size_t at = 8; at < image.size(); ++at) {
      std::string damaged = image;
      damaged[at] = static_cast<char>(~damaged[at]);
      const auto photograph = PreparePhotograph(damaged);
      if (photograph.ok()) {
        EXPECT_LE(photograph->jpeg.size(), kMaxJpegBytes);
      } else {
        EXPECT_TRUE(absl::IsInvalidArgument(photograph.status())) << photograph.status();
      }
    }
  }
}

TEST(Photograph, RefusesAPngWhoseDataDoesNotFitItsChecksum) {
  std::string png = MakePng({});
  png[png.find("IDAT") + 10] ^= 1;
  EXPECT_EQ(Refusal(png), Damaged());
}

TEST(Photograph, RefusesPicturesOfNoSize) {
  EXPECT_EQ(Refusal(ClaimingSize(MakePng({}), 0, 10)), Damaged());
  EXPECT_EQ(Refusal(ClaimingSize(MakePng({}), 10, 0)), Damaged());
  EXPECT_EQ(Refusal(JpegClaimingSize(MakeJpeg({}), 0, 10)), Damaged());
  EXPECT_EQ(Refusal(JpegClaimingSize(MakeJpeg({}), 10, 0)), Damaged());
}

TEST(Photograph, RefusesAnimations) {
  EXPECT_EQ(Refusal(WithChunk(MakePng({}), "acTL", std::string("\0\0\0\2\0\0\0\0", 8))),
            absl::InvalidArgumentError("image_animated"));
}

long PeakKilobytes() {  // NOLINT(google-runtime-int): the kernel's type
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// A few hundred bytes that claim gigabytes.
TEST(Photograph, RefusesBombsBeforeSpendingMemory) {
  const auto before = PeakKilobytes();
  EXPECT_EQ(Refusal(ClaimingSize(MakePng({}), 1'000'000, 1'000'000)), TooLarge());
  EXPECT_EQ(Refusal(ClaimingSize(MakePng({}), 5001, 5000)), TooLarge());
  EXPECT_EQ(Refusal(JpegClaimingSize(MakeJpeg({}), 65'000, 65'000)), TooLarge());
  EXPECT_EQ(Refusal(JpegClaimingSize(MakeJpeg({}), 10'001, 5000)), TooLarge());
  EXPECT_EQ(Refusal(JpegClaimingSize(MakeJpeg({.progressive = true}), 5001, 5000)), TooLarge());
  EXPECT_LT(PeakKilobytes() - before, 20'000);
}

// Each costs the decoder a pass over the whole picture, and the sender a few bytes.
TEST(Photograph, RefusesAJpegOfAThousandScans) {
  const std::string jpeg = MakeJpeg({.progressive = true});
  const size_t scan = jpeg.find("\xFF\xDA");
  std::string scans;
  for (int i = 0; i < 1000; ++i) scans += std::string("\xFF\xDA\0\x08\1\1\0\0\0\0", 10);
  EXPECT_EQ(Refusal(jpeg.substr(0, scan) + scans + jpeg.substr(scan)), TooLarge());
}

TEST(Photograph, TheSamePictureGivesTheSameBytes) {
  const std::string image = MakeJpeg({.noise = true});
  EXPECT_EQ(PreparePhotograph(image)->jpeg, PreparePhotograph(image)->jpeg);
}

// And prints what they cost. The peak is of all before it, the making of the pictures included.
TEST(Photograph, TakesTheLargestOfEveryKind) {
  struct Case {
    const char* name;
    std::string image;
  };
  for (const Case& c :
       {Case{"12 Mpx photo",
             MakeJpeg({.width = 4000, .height = 3000, .noise = true, .quality = 60})},
        Case{"50 Mpx photo", MakeJpeg({.width = 8160, .height = 6120, .quality = 90})},
        Case{"25 Mpx progressive", MakeJpeg({.width = 5000,
                                   .height = 5000,
                                   .progressive = true,
                                   .noise = true,
                                   .quality = 20})},
        Case{"25 Mpx PNG with alpha",
             MakePng({.width = 5000, .height = 5000, .color_type = PNG_COLOR_TYPE_RGB_ALPHA})}}) {
    const auto start = std::chrono::steady_clock::now();
    const auto photograph = PreparePhotograph(c.image);
    ASSERT_TRUE(photograph.ok()) << c.name << " " << photograph.status();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << c.name << ": " << c.image.size() / 1024 << " KiB in, "
              << photograph->jpeg.size() / 1024 << " KiB out, " << took.count() << " s, peak "
              << PeakKilobytes() / 1024 << " MiB\n";
  }
}

}  // namespace
}  // namespace fsft::images
