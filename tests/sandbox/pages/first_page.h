#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace fsft::sandbox {

// The first page of a PDF as a PNG picture, drawn by poppler's pdftoppm: browsers without a PDF
// viewer (headless ones, phones) show it too. kUnavailable when the tool is missing or refuses the
// file; people then follow the link to the PDF.
absl::StatusOr<std::string> DrawFirstPage(const std::string& pdf);

}  // namespace fsft::sandbox
