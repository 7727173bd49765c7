// Promise: the file that goes to the printer says what the customer wrote, and the printer can use it.
// Judged by other people's programs, on letters as people write them. A failing seed is printed with
// the failure; LETTER_SEED=n repeats it alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "services/fulfillment/letter/pdf_tools.h"
#include "services/fulfillment/letter/typesetter.h"
#include "services/fulfillment/letter/wording.h"
#include "shared/printable/page.h"
#include "tests/printing/random_letters.h"
#include "tests/printing/reading_back.h"

namespace fsft::test {
namespace {

using fulfillment::Letter;
using ::testing::HasSubstr;

constexpr uint32_t kLetters = 200;

std::vector<uint32_t> Seeds() {
  if (const char* seed = getenv("LETTER_SEED")) {
    return {static_cast<uint32_t>(strtoul(seed, nullptr, 10))};
  }
  std::vector<uint32_t> seeds;
  for (uint32_t seed = 1; seed <= kLetters; ++seed) seeds.push_back(seed);
  return seeds;
}

size_t Count(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

// All that is on the pages beside the footers, in the order in which it is read: to the end of the
// text, and from there on.
std::string UpToTheClosing(const Letter& letter) {
  return absl::StrJoin({fulfillment::SenderBlock(letter), fulfillment::LongDate(letter.date),
                        fulfillment::AgencyBlock(letter), fulfillment::SubjectLine(letter),
                        fulfillment::SubjectDetails(letter), letter.text, std::string()},
                       "\n");
}

std::string FromTheClosingOn(const Letter& letter) {
  std::vector<std::string> parts = {letter.sender.name, fulfillment::ReplyBlock(letter),
                                    fulfillment::Enclosures(letter)};
  for (size_t i = 0; i < letter.exhibits.size(); ++i) {
    parts.push_back(fulfillment::ExhibitHeading(i + 1, letter.exhibits.size()));
    parts.push_back(letter.exhibits[i].caption);
  }
  return absl::StrJoin(parts, "\n");
}

void ExpectItSaysTheLetter(const std::string& pdf, const RandomLetter& random) {
  const std::string before = UpToTheClosing(random.letter), after = FromTheClosingOn(random.letter);
  const std::string read = ReadBack(pdf, random.reading);
  if (random.reading != Reading::kFromRight) {
    EXPECT_EQ(read, Readable(before + after, random.reading));
    return;
  }
  // Row by row, and name and address share rows.
  const size_t end = Readable(before, random.reading).size();
  EXPECT_EQ(read.substr(0, end), Readable(before, random.reading));
  EXPECT_EQ(Readable(read.substr(std::min(end, read.size())), Reading::kTally),
            Readable(after, Reading::kTally));
}

void ExpectUsLetterPages(const std::string& pdf) {
  const std::string info = fulfillment::PdfInfo(pdf, "-f 1 -l 999");
  const size_t pages = std::stoul(info.substr(info.find("Pages:") + 6));
  EXPECT_EQ(Count(info, " size:  612 x 792 pts (letter)\n"), pages) << info;
}

// A drawn face (type 3) is whole in the file and never a subset.
void ExpectEmbeddedFonts(const std::string& pdf) {
  std::istringstream fonts(fulfillment::PdfFonts(pdf));
  std::string line;
  std::getline(fonts, line);
  const size_t embedded = line.find(" emb sub uni ");
  ASSERT_NE(embedded, std::string::npos) << line;
  std::getline(fonts, line);
  int count = 0;
  while (std::getline(fonts, line)) {
    const bool drawn = line.find(" Type 3 ") != std::string::npos;
    EXPECT_EQ(line.substr(embedded, 13), drawn ? " yes no  yes " : " yes yes yes ") << line;
    ++count;
  }
  EXPECT_GE(count, 2) << "regular and bold";
}

TEST(LetterProofs, TwoHundredLettersSayWhatWasWrittenAndCanBePrinted) {
  const auto typesetter = *fulfillment::Typesetter::Create();
  std::map<Reading, int> readings;
  for (const uint32_t seed : Seeds()) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const RandomLetter random = LetterOfSeed(seed);
    ++readings[random.reading];
    const auto pdf = typesetter->RenderLetter(random.letter);
    ASSERT_TRUE(pdf.ok()) << pdf.status();
    ExpectItSaysTheLetter(*pdf, random);
    ExpectUsLetterPages(*pdf);
    ExpectEmbeddedFonts(*pdf);
    EXPECT_EQ(fulfillment::InkWithin(*pdf, 1, 0, 0, page::kWindowRight, page::kWindowBottom), 0);
    EXPECT_THAT(fulfillment::PdfCheck(*pdf), HasSubstr("No syntax or stream encoding errors"));
    if (HasFailure()) break;  // one letter is enough to look at
  }
  std::cout << "read by words " << readings[Reading::kWords] << ", by characters "
            << readings[Reading::kCharacters] << ", from the right "
            << readings[Reading::kFromRight] << ", counted " << readings[Reading::kTally] << "\n";
}

}  // namespace
}  // namespace fsft::test
