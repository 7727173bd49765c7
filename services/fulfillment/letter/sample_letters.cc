#include "services/fulfillment/letter/sample_letters.h"

#include <array>
#include <string_view>

#include "services/fulfillment/letter/handles.h"

namespace fsft::fulfillment {

Letter SampleLetter() {
  return {.sender = {.name = "Adelaide Rider-Montgomery",
                     .line1 = "1500 Valencia Street",
                     .line2 = "Apartment 4B",
                     .city = "San Francisco",
                     .state = "CA",
                     .zip = "94110"},
          .sender_email = "adelaide@example.com",
          .sender_phone = "(415) 555-0100",
          .agency = {.name = "SFMTA Citation Review",
                     .line1 = "11 South Van Ness Avenue",
                     .city = "San Francisco",
                     .state = "CA",
                     .zip = "94103"},
          .date = "2026-11-02",
          .citation_number = "912345678",
          .violation_date = "2026-10-28",
          .license_plate = "8ABC123",
          .vehicle = "2019 Honda Fit, blue",
          .text =
              "To Whom It May Concern:\n\nThe only sign on that block was covered by construction "
              "netting.\n\n"
              "I respectfully ask that the citation be dismissed.\n\nSincerely,\nAdelaide "
              "Rider-Montgomery"};
}

Letter LongestHead() {
  Letter letter = SampleLetter();
  letter.sender = {.name = std::string(40, 'W'),
                   .company = std::string(40, 'W'),
                   .line1 = std::string(64, 'W'),
                   .line2 = std::string(64, 'W'),
                   .city = std::string(50, 'W'),
                   .state = "CA",
                   .zip = "94110-1234"};
  letter.sender_email = std::string(240, 'w') + "@example.com";
  letter.vehicle = std::string(200, 'W');
  return letter;
}

std::string SampleText(int words) {
  constexpr std::array<std::string_view, 12> kWords = {
      "the",  "office", "sign",     "hid",  "behind", "a",
      "tree", "of",     "affluent", "flow", "and",    "construction"};
  std::string text;
  for (int i = 0; i < words; ++i) {
    text += kWords[static_cast<size_t>(i * i + i / 7) % kWords.size()];
    text += i % 90 == 89 ? ".\n\n" : " ";
  }
  return text + "end";
}

std::string SamplePng(int width, int height) {
  SurfaceHandle image(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
  CairoHandle canvas(cairo_create(image.get()));
  cairo_set_line_width(canvas.get(), height / 12.0);
  cairo_move_to(canvas.get(), 0, height * 0.7);
  cairo_curve_to(canvas.get(), width * 0.3, -height, width * 0.6, height * 2, width, height * 0.3);
  cairo_stroke(canvas.get());
  std::string png;
  const auto append = [](void* out, const unsigned char* data, unsigned int length) {
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  };
  cairo_surface_write_to_png_stream(image.get(), append, &png);
  return png;
}

}  // namespace fsft::fulfillment
