// letter_seeds FOLDER: writes what the fuzzer of letters starts from, one file for each kind of letter,
// and prints their names, separated by commas.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "services/fulfillment/letter/sample_letters.h"
#include "shared/images/sample_images.h"
#include "tests/fuzz/letter_input.h"

namespace {

using fsft::fulfillment::Letter;
using fsft::fulfillment::SampleLetter;
using fsft::test::ReadLetter;
using fsft::test::WriteLetter;

Letter Saying(const std::string& text) {
  Letter letter = SampleLetter();
  letter.text = text;
  return letter;
}

Letter Signed(const std::string& png) {
  Letter letter = SampleLetter();
  letter.signature_png = png;
  return letter;
}

Letter WithExhibits(size_t count, const fsft::images::SampleJpeg& sample) {
  Letter letter = SampleLetter();
  for (size_t i = 0; i < count; ++i) {
    letter.exhibits.push_back({.caption = "The sign behind the netting", .jpeg = MakeJpeg(sample)});
  }
  return letter;
}

std::map<std::string, Letter> Seeds() {
  return {
      {"ordinary", SampleLetter()},
      {"empty", {}},
      {"longest-head", fsft::fulfillment::LongestHead()},
      {"three-pages", Saying(fsft::fulfillment::SampleText(1200))},
      {"one-word", Saying(std::string(2000, 'W'))},
      {"chinese", Saying("敬启者：本人就停车罚单 912345678 提出申诉。\n\n路牌被遮挡。")},
      {"arabic", Saying("السادة المحترمون،\nأرجو إلغاء المخالفة 912345678.")},
      {"scripts", Saying("Ελληνικά, Русский, עברית, ภาษาไทย, 한국어, 日本語, Tiếng Việt, हिन्दी")},
      {"signed", Signed(fsft::fulfillment::SamplePng(60, 20))},
      {"signed-in-grey", Signed(fsft::images::MakePng({.color_type = 4, .interlaced = true}))},
      {"five-exhibits", WithExhibits(5, {})},
      {"progressive-exhibit", WithExhibits(1, {.progressive = true})},
      {"grey-exhibit", WithExhibits(1, {.components = 1})},
  };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  const char* separator = "";
  for (const auto& [name, letter] : Seeds()) {
    const std::string path = std::string(argv[1]) + "/" + name;
    const std::string bytes = WriteLetter(letter);
    if (WriteLetter(ReadLetter(bytes)) != bytes) {
      fprintf(stderr, "the fuzzer would read another letter than %s\n", name.c_str());
      return EXIT_FAILURE;
    }
    std::ofstream(path, std::ios::binary) << bytes;
    printf("%s%s", separator, path.c_str());
    separator = ",";
  }
  return EXIT_SUCCESS;
}
