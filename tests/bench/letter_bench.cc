// What a letter costs: processor time, memory that stays, and the start with an empty font cache.
//   build/release/tests/letter_bench [RENDERS]     10,000 when it is not said; a few minutes
// The figures are reports. It fails only when memory grows with the number of letters.
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/fulfillment/letter/sample_letters.h"
#include "services/fulfillment/letter/typesetter.h"
#include "shared/images/sample_images.h"

namespace {

namespace fs = std::filesystem;
using fsft::fulfillment::Letter;
using fsft::fulfillment::SampleLetter;
using fsft::fulfillment::Typesetter;

// Fonts of all the letters' scripts are open after this many, and the allocator has settled.
constexpr int kWarmUp = 100;
// More than it wavers by (0.1 MiB was seen, after 10,000), less than a leaked PDF for each of a few
// hundred letters would take.
constexpr double kMaxGrowthMib = 4;
constexpr char kStartOnly[] = "--start-only";

struct Kind {
  std::string name;
  Letter letter;
};

Letter Typical() {
  Letter letter = SampleLetter();
  letter.text = fsft::fulfillment::SampleText(300);
  letter.signature_png = fsft::fulfillment::SamplePng(600, 180);
  return letter;
}

std::vector<Kind> Kinds() {
  std::vector<Kind> kinds(4, {"typical", Typical()});
  kinds[1].name = "with five photographs";
  const std::string jpeg = fsft::images::MakeJpeg({.width = 1600, .height = 1200});
  kinds[1].letter.exhibits.assign(5, {.caption = "The sign, seen from the kerb", .jpeg = jpeg});
  kinds[2].name = "Chinese";
  kinds[2].letter.text = "敬启者：本人就停车罚单提出申诉。路牌被施工网遮挡，无法看清。\n\n此致";
  kinds[3].name = "Arabic";
  kinds[3].letter.text = "السادة المحترمون،\n\nأرجو إلغاء المخالفة لأن اللافتة كانت مغطاة.";
  return kinds;
}

// Prints where `make test` prints, as tests/harness/report.py does.
void Report(const std::string& text) {
  const char* descriptor = getenv("HARNESS_REPORT_FD");
  const std::string line = text + "\n";
  const int fd = descriptor == nullptr ? STDOUT_FILENO : atoi(descriptor);  // NOLINT(cert-err34-c)
  if (write(fd, line.data(), line.size()) < 0) perror("report");
}

double CpuMs() { return 1000.0 * static_cast<double>(clock()) / CLOCKS_PER_SEC; }

double ResidentMib() {
  malloc_trim(0);
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void Render(Typesetter& typesetter, const Letter& letter) {
  const auto pdf = typesetter.RenderLetter(letter);
  if (pdf.ok()) return;
  fprintf(stderr, "%s\n", pdf.status().ToString().c_str());
  exit(EXIT_FAILURE);
}

void RenderInTurn(Typesetter& typesetter, const std::vector<Kind>& kinds, int renders) {
  for (int i = 0; i < renders; ++i) Render(typesetter, kinds[i % kinds.size()].letter);
}

std::string CpuOfEach(Typesetter& typesetter, const std::vector<Kind>& kinds) {
  constexpr int kTimes = 25;
  std::string figures;
  for (const auto& [name, letter] : kinds) {
    std::vector<double> ms;
    for (int i = 0; i < kTimes; ++i) {
      const double start = CpuMs();
      Render(typesetter, letter);
      ms.push_back(CpuMs() - start);
    }
    std::sort(ms.begin(), ms.end());
    absl::StrAppendFormat(&figures, "%s%s %.1f", figures.empty() ? "" : ", ", name, ms[kTimes / 2]);
  }
  return figures;
}

// A start in a process of its own, whose fonts are this machine's and whose font cache is in `root`.
std::string StartWith(const fs::path& root) {
  const std::string command =
      absl::StrCat("FONTCONFIG_SYSROOT=", root.string(), " /proc/", getpid(), "/exe ", kStartOnly);
  FILE* pipe = popen(command.c_str(), "r");
  char line[100] = "";
  const bool read = pipe != nullptr && fgets(line, sizeof line, pipe) != nullptr;
  if (pipe == nullptr || pclose(pipe) != 0 || !read) {
    fprintf(stderr, "cannot start with the font cache in %s\n", root.c_str());
    exit(EXIT_FAILURE);
  }
  return line;
}

int StartOnly() {
  const auto begin = std::chrono::steady_clock::now();
  const auto typesetter = Typesetter::Create();
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - begin;
  if (typesetter.ok()) printf("%.0f ms (CPU %.0f)", passed.count(), CpuMs());
  return typesetter.ok() ? EXIT_SUCCESS : EXIT_FAILURE;
}

std::string Starts() {
  std::string root = (fs::temp_directory_path() / "font-cache-XXXXXX").string();
  if (mkdtemp(root.data()) == nullptr) return "no temporary folder";
  const absl::Cleanup remove = [&] { fs::remove_all(root); };
  fs::create_directories(fs::path(root) / "var/cache/fontconfig");
  for (const char* kind : {"truetype", "opentype"}) {
    const fs::path fonts = fs::path("usr/share/fonts") / kind / "noto";
    fs::create_directories((root / fonts).parent_path());
    fs::create_directory_symlink("/" / fonts, root / fonts);
  }
  const std::string empty = StartWith(root);
  return "with an empty font cache " + empty + ", with a full one " + StartWith(root);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == kStartOnly) return StartOnly();
  const int renders = argc == 2 ? atoi(argv[1]) : 10'000;  // NOLINT(cert-err34-c)
  const auto typesetter = Typesetter::Create();
  if (!typesetter.ok()) {
    fprintf(stderr, "%s\n", typesetter.status().ToString().c_str());
    return EXIT_FAILURE;
  }
  const std::vector<Kind> kinds = Kinds();
  RenderInTurn(**typesetter, kinds, kWarmUp);
  const double before = ResidentMib();
  const std::string cpu = CpuOfEach(**typesetter, kinds);
  RenderInTurn(**typesetter, kinds, renders);
  const double after = ResidentMib();
  Report(absl::StrFormat("letters: CPU ms, median: %s; start: %s", cpu, Starts()));
  Report(absl::StrFormat("letters: resident %.1f MiB after %d renders, %.1f MiB after %d more",
                         before, kWarmUp, after, renders));
  if (after - before <= kMaxGrowthMib) return EXIT_SUCCESS;
  fprintf(stderr, "memory grows with the letters: %.1f MiB\n", after - before);
  return EXIT_FAILURE;
}
