// The typesetter under random letters. Whatever they say, it answers with a whole PDF within the
// printer's limits, or says what is wrong with the letter.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "services/fulfillment/letter/typesetter.h"
#include "tests/fuzz/letter_input.h"

namespace {

using fsft::fulfillment::kMaxPages;
using fsft::fulfillment::kMaxPdfBytes;
using fsft::fulfillment::Letter;
using fsft::fulfillment::Typesetter;

// libFuzzer keeps the input when the program aborts.
void Require(bool holds, std::string_view what) {
  if (holds) return;
  fprintf(stderr, "promise broken: %.*s\n", static_cast<int>(what.size()), what.data());
  abort();
}

Typesetter& TheTypesetter() {
  static Typesetter& typesetter = [&]() -> Typesetter& {
    auto created = Typesetter::Create();
    Require(created.ok(), created.status().ToString());
    return *created->release();
  }();
  return typesetter;
}

// Cairo writes the tree of pages last, after everything that the letter can say.
size_t PagesOf(const std::string& pdf) {
  const std::string label = "/Count ";
  const size_t at = pdf.rfind(label);
  Require(at != std::string::npos, "a PDF tells how many pages it has");
  return strtoul(pdf.c_str() + at + label.size(), nullptr, 10);
}

}  // namespace

// Fontconfig keeps offsets in the place of pointers, so its caches look lost while they are in use.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:libfontconfig";
}
extern "C" const char* __lsan_default_options() {  // NOLINT(bugprone-reserved-identifier)
  return "print_suppressions=0";
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const Letter letter = fsft::test::ReadLetter(input);
  const auto pdf = TheTypesetter().RenderLetter(letter);
  if (!pdf.ok()) {
    Require(absl::IsInvalidArgument(pdf.status()), pdf.status().ToString());
    return 0;
  }
  Require(pdf->starts_with("%PDF-"), "a PDF starts as one");
  Require(pdf->ends_with("%%EOF\n"), "a PDF is whole");
  Require(pdf->size() <= kMaxPdfBytes, "the printer takes the file");
  for (const auto& exhibit : letter.exhibits) {
    Require(pdf->find(exhibit.jpeg) != std::string::npos, "a photograph is in the file as it came");
  }
  const size_t pages = PagesOf(*pdf);
  Require(pages >= 1 && pages <= kMaxPages, "the printer takes the pages");
  return 0;
}
