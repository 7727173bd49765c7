#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fsft::fulfillment {

// For tests: what other people's programs (poppler, qpdf) see in a PDF. Each runs `<tool> <options> FILE`
// and answers its output; a tool that fails is a std::runtime_error, which GoogleTest reports.
std::string PdfText(std::string_view pdf, std::string_view options = "-layout");
std::string PdfInfo(std::string_view pdf, std::string_view options = "");
std::string PdfFonts(std::string_view pdf);
std::string PdfImages(std::string_view pdf);
// What qpdf says of the file's structure; also a warning of it is a std::runtime_error.
std::string PdfCheck(std::string_view pdf);
// The JPEG files within, byte for byte, in the order of their pages.
std::vector<std::string> PdfJpegs(std::string_view pdf);
// Draws each page into a PNG of its own, <prefix>-<page>.png; answers their names in the order of
// the pages.
std::vector<std::string> PdfPictures(std::string_view pdf, int dots_per_inch,
                                     const std::string& prefix);

// How many points (1/72 inch squared) of a page, counted from one, are inked within a rectangle.
int InkWithin(std::string_view pdf, int page, int left, int top, int width, int height);

}  // namespace fsft::fulfillment
