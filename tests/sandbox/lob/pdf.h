#pragma once

#include <string_view>

#include "absl/status/statusor.h"

namespace fsft::sandbox::lob {

struct PdfFacts {
  int pages = 0;
  bool letter_sized = true;  // every page 8.5 by 11 inches, upright
};

// Looks at what a printer would look at first. Not a PDF parser: it scans for page objects, in the
// clear and inside compressed object streams (PDF 1.5), and for every MediaBox, inherited ones
// included. Enough for what we send; an encrypted or damaged file shows as one without pages.
// kInvalidArgument if it is no PDF at all or has no page.
absl::StatusOr<PdfFacts> InspectPdf(std::string_view file);

}  // namespace fsft::sandbox::lob
