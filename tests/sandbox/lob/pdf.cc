#include "tests/sandbox/lob/pdf.h"

#include <zlib.h>

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <string>

namespace fsft::sandbox::lob {
namespace {

constexpr size_t kMaxInflated = 16 << 20;
constexpr double kWidth = 612;  // points
constexpr double kHeight = 792;

// What can be inflated of `compressed`; the end of a stream is not known exactly, and need not be.
std::string Inflate(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return "";
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string out;
  char chunk[16384];
  int result = Z_OK;
  while (result == Z_OK && out.size() < kMaxInflated) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof(chunk);
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(chunk, sizeof(chunk) - stream.avail_out);
  }
  inflateEnd(&stream);
  return out;
}

// The file's dictionaries as text: those in the clear, then those of each object stream. The bytes
// of other streams (pictures, fonts) are left out, since anything may look like anything in them.
std::string Dictionaries(std::string_view file) {
  std::string text;
  while (!file.empty()) {
    const size_t begin = file.find("stream");
    const std::string_view clear = file.substr(0, begin);
    text.append(clear);
    if (begin == std::string_view::npos) break;
    const std::string_view dictionary = clear.substr(clear.rfind("obj") + 1);
    file.remove_prefix(begin + 6);
    const size_t end = file.find("endstream");
    std::string_view content = file.substr(0, end);
    while (!content.empty() && (content[0] == '\r' || content[0] == '\n')) content.remove_prefix(1);
    if (dictionary.find("/ObjStm") != std::string_view::npos) text += Inflate(content);
    file.remove_prefix(end == std::string_view::npos ? file.size() : end + 9);
  }
  return text;
}

void SkipSpace(std::string_view& text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
}

// "/Type /Page" but not "/Type /Pages".
int CountPages(std::string_view text) {
  int pages = 0;
  for (size_t at = text.find("/Type"); at != std::string_view::npos; at = text.find("/Type")) {
    text.remove_prefix(at + 5);
    SkipSpace(text);
    const bool page = text.starts_with("/Page") &&
                      (text.size() == 5 || !std::isalpha(static_cast<unsigned char>(text[5])));
    if (page) ++pages;
  }
  return pages;
}

// Reads "[ 0 0 612 792 ]".
bool IsLetterBox(std::string_view text) {
  SkipSpace(text);
  if (!text.starts_with("[")) return false;
  const std::string numbers(text.substr(1, text.find(']') - 1));
  double box[4] = {};
  const char* at = numbers.c_str();
  for (double& number : box) {
    char* end = nullptr;
    number = std::strtod(at, &end);
    if (end == at) return false;
    at = end;
  }
  return std::abs(box[2] - box[0] - kWidth) < 1 && std::abs(box[3] - box[1] - kHeight) < 1;
}

bool AllBoxesAreLetter(std::string_view text) {
  bool any = false;
  for (size_t at = text.find("/MediaBox"); at != std::string_view::npos;
       at = text.find("/MediaBox")) {
    text.remove_prefix(at + 9);
    if (!IsLetterBox(text)) return false;
    any = true;
  }
  return any;
}

}  // namespace

absl::StatusOr<PdfFacts> InspectPdf(std::string_view file) {
  if (!file.starts_with("%PDF-")) return absl::InvalidArgumentError("not a PDF");
  const std::string text = Dictionaries(file);
  const PdfFacts facts{CountPages(text), AllBoxesAreLetter(text)};
  if (facts.pages == 0) return absl::InvalidArgumentError("a PDF without pages");
  return facts;
}

}  // namespace fsft::sandbox::lob
