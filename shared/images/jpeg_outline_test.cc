#include "shared/images/jpeg_outline.h"

#include <gtest/gtest.h>

#include "shared/images/sample_images.h"

namespace fsft::images {
namespace {

TEST(JpegOutline, TellsTheCommonKindFromTheOnesThatAreHeldWhole) {
  const JpegOutline common = ReadJpegOutline(MakeJpeg({}));
  EXPECT_TRUE(common.complete);
  EXPECT_FALSE(common.held_whole);
  EXPECT_EQ(common.scans, 1);
  EXPECT_EQ(common.width, 64);
  EXPECT_EQ(common.height, 48);

  const JpegOutline progressive = ReadJpegOutline(MakeJpeg({.progressive = true}));
  EXPECT_TRUE(progressive.complete);
  EXPECT_TRUE(progressive.held_whole);
  EXPECT_EQ(progressive.scans, 10);
  EXPECT_EQ(progressive.width, 64);
  EXPECT_EQ(progressive.height, 48);
}

TEST(JpegOutline, APreviewInTheMetadataIsNoScan) {
  const std::string preview = MakeJpeg({.width = 8, .height = 8});
  const JpegOutline outline = ReadJpegOutline(WithSegment(MakeJpeg({}), 0xE1, preview));
  EXPECT_TRUE(outline.complete);
  EXPECT_EQ(outline.scans, 1);
  EXPECT_EQ(outline.width, 64);
}

TEST(JpegOutline, WhatStandsBetweenSegmentsIsPassedOver) {
  std::string jpeg = MakeJpeg({});
  jpeg.insert(2, "garbage");
  EXPECT_TRUE(ReadJpegOutline(jpeg).complete);
}

TEST(JpegOutline, AFileWithoutAnEndIsNotComplete) {
  const std::string jpeg = MakeJpeg({});
  EXPECT_FALSE(ReadJpegOutline(jpeg.substr(0, jpeg.size() - 2)).complete);
  EXPECT_FALSE(ReadJpegOutline("\xFF\xD8\xFF\xD9").complete);
  EXPECT_FALSE(ReadJpegOutline("").complete);
  EXPECT_FALSE(ReadJpegOutline(std::string("\xFF\xD8\xFF\xE1\0\1", 6)).complete);
  EXPECT_FALSE(ReadJpegOutline("\xFF\xD8\xFF\xE1\xFF\xFF").complete);
}

}  // namespace
}  // namespace fsft::images
