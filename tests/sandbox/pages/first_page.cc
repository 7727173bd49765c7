#include "tests/sandbox/pages/first_page.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

extern char** environ;

namespace fsft::sandbox {
namespace {

// A directory of our own, gone with its content at the end of the scope.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = std::filesystem::temp_directory_path() / "sandbox-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

bool RunPdfToPpm(std::string input, std::string output) {
  std::string arguments[] = {"pdftoppm", "-png", "-singlefile", "-r", "72"};
  char* argv[] = {
      arguments[0].data(), arguments[1].data(), arguments[2].data(), arguments[3].data(),
      arguments[4].data(), input.data(),        output.data(),       nullptr};
  pid_t child = 0;
  if (posix_spawnp(&child, argv[0], nullptr, nullptr, argv, environ) != 0) return false;
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

absl::StatusOr<std::string> DrawFirstPage(const std::string& pdf) {
  const ScratchDirectory scratch;
  std::ofstream(scratch.File("letter.pdf"), std::ios::binary) << pdf;
  if (!RunPdfToPpm(scratch.File("letter.pdf"), scratch.File("page"))) {
    return absl::UnavailableError("pdftoppm did not draw the page");
  }
  std::ifstream picture(scratch.File("page.png"), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(picture), {});
}

}  // namespace fsft::sandbox
