#include "shared/images/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "shared/images/decoder.h"
#include "shared/images/sample_images.h"

namespace fsft::images {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

absl::Status Refusal(std::string_view image) { return PrepareSignature(image).status(); }

TEST(Signature, KeepsItsSizeAndItsTransparency) {
  const auto png = PrepareSignature(
      MakePng({.width = 600, .height = 180, .color_type = PNG_COLOR_TYPE_RGB_ALPHA}));
  ASSERT_TRUE(png.ok()) << png.status();
  const auto pixels = DecodePng(*png, kMaxSignaturePixels);
  ASSERT_TRUE(pixels.ok());
  EXPECT_EQ(gdk_pixbuf_get_width(pixels->get()), 600);
  EXPECT_EQ(gdk_pixbuf_get_height(pixels->get()), 180);
  EXPECT_TRUE(gdk_pixbuf_get_has_alpha(pixels->get()));
}

TEST(Signature, IsScaledDownToWhatIsPrinted) {
  const auto png = PrepareSignature(MakePng({.width = 2000, .height = 2000}));
  ASSERT_TRUE(png.ok()) << png.status();
  const auto pixels = DecodePng(*png, kMaxSignaturePixels);
  ASSERT_TRUE(pixels.ok());
  EXPECT_EQ(gdk_pixbuf_get_width(pixels->get()), kMaxSignatureHeight);
  EXPECT_EQ(gdk_pixbuf_get_height(pixels->get()), kMaxSignatureHeight);
}

TEST(Signature, CarriesNothingButThePicture) {
  const auto png =
      PrepareSignature(WithChunk(MakePng({}), "tEXt", std::string("Author\0Ada", 10)) + "trailer");
  ASSERT_TRUE(png.ok()) << png.status();
  EXPECT_THAT(*png, Not(HasSubstr("Ada")));
  EXPECT_THAT(*png, Not(HasSubstr("trailer")));
  EXPECT_THAT(*png, Not(HasSubstr("tEXt")));
}

TEST(Signature, IsRefusedWhenItWouldSwellInTheLettersFile) {
  EXPECT_EQ(Refusal(MakePng({.width = 1600, .height = 360, .noise = true})),
            absl::InvalidArgumentError("image_too_detailed"));
}

TEST(Signature, IsRefusedForEveryReason) {
  EXPECT_EQ(Refusal(""), absl::InvalidArgumentError("image_type_unsupported"));
  EXPECT_EQ(Refusal(MakeJpeg({})), absl::InvalidArgumentError("image_type_unsupported"));
  EXPECT_EQ(Refusal(MakePng({}).substr(0, 60)), absl::InvalidArgumentError("image_damaged"));
  EXPECT_EQ(Refusal(ClaimingSize(MakePng({}), 2001, 2000)),
            absl::InvalidArgumentError("image_too_large"));
  EXPECT_EQ(Refusal(WithChunk(MakePng({}), "acTL", "\1")),
            absl::InvalidArgumentError("image_animated"));
}

}  // namespace
}  // namespace fsft::images
