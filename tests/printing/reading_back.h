#pragma once

#include <string>
#include <string_view>

#include "tests/printing/random_letters.h"

namespace fsft::test {

// What pdftotext reads on the pages of a letter, its footers left out; ready to be compared.
std::string ReadBack(std::string_view pdf, Reading reading);

// What it should read: without all that wrapping may have changed. Lines break anywhere, so all
// space is as good as any other, and behind a hyphen or a slash there may be some or none. Where a
// script is read by its characters there is no space at all.
std::string Readable(std::string_view text, Reading reading);

}  // namespace fsft::test
