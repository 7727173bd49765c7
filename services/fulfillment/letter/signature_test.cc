#include "services/fulfillment/letter/signature.h"

#include <gtest/gtest.h>

#include "services/fulfillment/letter/sample_letters.h"

namespace fsft::fulfillment {
namespace {

TEST(Signature, DecodesAPng) {
  const auto image = DecodeSignature(SamplePng(600, 180));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(cairo_image_surface_get_width(image->get()), 600);
  EXPECT_EQ(cairo_image_surface_get_height(image->get()), 180);
}

TEST(Signature, RefusesWhatIsNoWholePng) {
  const std::string png = SamplePng(60, 20);
  for (const std::string& bytes : {std::string(), std::string("GIF89a"), std::string(100, '\0'),
                                   png.substr(0, 20), png.substr(0, png.size() / 2)}) {
    const auto image = DecodeSignature(bytes);
    EXPECT_EQ(image.status(), absl::InvalidArgumentError("signature_unusable"))
        << bytes.size() << " bytes";
  }
}

TEST(Signature, RefusesAnImageThatWouldUnpackToGigabytes) {
  std::string png = SamplePng(60, 20);
  // The header's width becomes 16 million; the check comes before anything is allocated.
  png[16] = '\0';
  png[17] = '\xff';
  EXPECT_FALSE(DecodeSignature(png).ok());
}

}  // namespace
}  // namespace fsft::fulfillment
