#include "services/fulfillment/letter/pdf_tools.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "absl/cleanup/cleanup.h"

namespace fsft::fulfillment {
namespace {

// A file that holds the PDF while a tool reads it.
class PdfFile {
 public:
  explicit PdfFile(std::string_view pdf) {
    const int fd = mkstemp(path_.data());
    if (fd < 0 || write(fd, pdf.data(), pdf.size()) != static_cast<ssize_t>(pdf.size())) {
      throw std::runtime_error("cannot write a temporary file");
    }
    close(fd);
  }
  ~PdfFile() { unlink(path_.c_str()); }
  PdfFile(const PdfFile&) = delete;
  PdfFile& operator=(const PdfFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_ = std::string(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp") + "/letter-XXXXXX";
};

std::string OutputOf(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  char buffer[4096];
  while (size_t n = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
  if (pclose(pipe) != 0) throw std::runtime_error(command + " failed");
  return output;
}

std::string Run(const std::string& tool, std::string_view options, std::string_view pdf,
                const std::string& after = "") {
  const PdfFile file(pdf);
  return OutputOf(tool + " " + std::string(options) + " " + file.path() + " " + after);
}

// In the order of their numbers, which the tools write with zeros in front.
std::set<std::string> FilesNamed(const std::string& prefix, std::string_view suffix) {
  std::set<std::string> files;
  const auto directory = std::filesystem::path(prefix).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string path = entry.path().string();
    if (path.starts_with(prefix) && path.ends_with(suffix)) files.insert(path);
  }
  return files;
}

}  // namespace

std::string PdfText(std::string_view pdf, std::string_view options) {
  return Run("pdftotext", options, pdf, "-");
}
std::string PdfInfo(std::string_view pdf, std::string_view options) {
  return Run("pdfinfo", options, pdf);
}
std::string PdfFonts(std::string_view pdf) { return Run("pdffonts", "", pdf); }
std::string PdfCheck(std::string_view pdf) { return Run("qpdf", "--check", pdf); }
std::string PdfImages(std::string_view pdf) { return Run("pdfimages", "-list", pdf); }

std::vector<std::string> PdfJpegs(std::string_view pdf) {
  std::string directory =
      std::string(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp") + "/jpegs-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) throw std::runtime_error("no temporary directory");
  const absl::Cleanup remove = [&] { std::filesystem::remove_all(directory); };
  Run("pdfimages", "-j", pdf, directory + "/image");
  const std::set<std::string> files = FilesNamed(directory + "/image-", ".jpg");
  std::vector<std::string> jpegs;
  for (const std::string& path : files) {
    std::ifstream in(path, std::ios::binary);
    jpegs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return jpegs;
}

std::vector<std::string> PdfPictures(std::string_view pdf, int dots_per_inch,
                                     const std::string& prefix) {
  Run("pdftoppm", "-png -r " + std::to_string(dots_per_inch), pdf, prefix);
  const std::set<std::string> files = FilesNamed(prefix + "-", ".png");
  return {files.begin(), files.end()};
}

int InkWithin(std::string_view pdf, int page, int left, int top, int width, int height) {
  const std::string n = std::to_string(page);
  // At 72 dots per inch a pixel is a point. The answer is a PGM: a header, then a byte per pixel.
  const std::string picture = Run("pdftoppm",
                                  "-gray -r 72 -f " + n + " -l " + n + " -x " +
                                      std::to_string(left) + " -y " + std::to_string(top) + " -W " +
                                      std::to_string(width) + " -H " + std::to_string(height),
                                  pdf);
  const size_t pixels = static_cast<size_t>(width) * height;
  if (picture.size() < pixels) throw std::runtime_error("pdftoppm drew too little");
  return static_cast<int>(std::count_if(picture.end() - pixels, picture.end(),
                                        [](unsigned char grey) { return grey < 200; }));
}

}  // namespace fsft::fulfillment
