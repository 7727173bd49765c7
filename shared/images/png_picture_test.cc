#include "shared/images/png_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/images/sample_images.h"

namespace fsft::images {
namespace {

constexpr int kPalette = 3;

TEST(PngPicture, KeepsWhatMakesThePicture) {
  for (const std::string& png : {MakePng({}), MakePng({.color_type = kPalette})}) {
    const auto picture = OnlyThePicture(png);
    ASSERT_TRUE(picture.ok());
    EXPECT_EQ(*picture, png);
  }
}

// A thousand of them, compressed, would unpack to gigabytes in the decoder.
TEST(PngPicture, LeavesOutEverythingElse) {
  const std::string png = MakePng({});
  std::string loaded = png;
  for (const char* type : {"tEXt", "zTXt", "iTXt", "iCCP", "eXIf", "sPLT", "prVt"}) {
    loaded = WithChunk(loaded, type, "a\0 secret");
  }
  const auto picture = OnlyThePicture(loaded + "what follows the end");
  ASSERT_TRUE(picture.ok());
  EXPECT_EQ(*picture, png);
}

TEST(PngPicture, RefusesWhatHasNoEnd) {
  const std::string png = MakePng({});
  EXPECT_EQ(OnlyThePicture(png.substr(0, png.size() - 12)).status(),
            absl::InvalidArgumentError("image_damaged"));
  std::string endless = png;
  endless[8] = '\xFF';  // the first chunk's length
  EXPECT_EQ(OnlyThePicture(endless).status(), absl::InvalidArgumentError("image_damaged"));
}

}  // namespace
}  // namespace fsft::images
