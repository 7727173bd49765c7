#include "tests/printing/reading_back.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "services/fulfillment/letter/pdf_tools.h"
#include "shared/printable/page.h"
#include "shared/printable/utf8.h"
#include "tests/printing/utf8.h"

namespace fsft::test {
namespace {

// Where a page reads from the left, poppler puts what reads from the right between the first and the
// last of these, and on other pages the other way round between the second and the last.
constexpr std::string_view kFromRight = "\u202B";
constexpr std::string_view kFromLeft = "\u202A";
constexpr std::string_view kEnd = "\u202C";

std::vector<std::string> CharactersOf(std::string_view text) {
  std::vector<std::string> characters;
  while (const auto code_point = printable::TakeCodePoint(text)) {
    characters.push_back(Utf8(*code_point));
  }
  return characters;
}

std::string Joined(const std::vector<std::string>& strings) {
  std::string joined;
  for (const std::string& string : strings) joined += string;
  return joined;
}

void RemoveAll(std::string& text, std::string_view part) {
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos;) text.erase(at, part.size());
}

// Hebrew and Arabic letters.
bool HasLettersFromRight(std::string_view text) {
  while (const auto code_point = printable::TakeCodePoint(text)) {
    if (*code_point >= 0x590 && *code_point < 0x780) return true;
  }
  return false;
}

std::string Reversed(std::string_view text) {
  std::vector<std::string> characters = CharactersOf(text);
  std::reverse(characters.begin(), characters.end());
  return Joined(characters);
}

bool ReadsFromLeft(unsigned char c) { return std::isalnum(c); }

// Of a line that reads from the right: its words and figures read from the left, and the punctuation
// around them does not.
std::string FromRight(const std::string& run) {
  const auto first = std::find_if(run.begin(), run.end(), ReadsFromLeft);
  const auto last = std::find_if(run.rbegin(), run.rend(), ReadsFromLeft).base();
  if (first == run.end()) return Reversed(run);
  return Reversed({last, run.end()}) + std::string(first, last) + Reversed({run.begin(), first});
}

// The parts of a line in their order: outside of `mark` and kEnd, within, outside, ...
std::vector<std::string> RunsOf(std::string_view line, std::string_view mark) {
  std::vector<std::string> runs;
  while (true) {
    const size_t at = std::min(line.find(runs.size() % 2 == 0 ? mark : kEnd), line.size());
    runs.emplace_back(line.substr(0, at));
    if (at == line.size()) return runs;
    line.remove_prefix(at + mark.size());
  }
}

// On a page that reads from the left the runs come as they stand there: the first is read last.
std::string LineAmongOthersFromLeft(const std::string& line) {
  std::vector<std::string> runs = RunsOf(line, kFromRight);
  if (runs.size() == 1) return line;
  for (size_t i = 0; i < runs.size(); i += 2) runs[i] = FromRight(runs[i]);
  std::reverse(runs.begin(), runs.end());
  return Joined(runs);
}

// On other pages the first run is the rightmost one, whichever way the line reads.
std::string LineAmongOthersFromRight(const std::string& line) {
  std::vector<std::string> runs = RunsOf(line, kFromLeft);
  if (HasLettersFromRight(line)) {
    for (size_t i = 1; i < runs.size(); i += 2) runs[i] = FromRight(runs[i]);
    return Joined(runs);
  }
  for (size_t i = 0; i < runs.size(); i += 2) runs[i] = Reversed(runs[i]);
  std::reverse(runs.begin(), runs.end());
  return Joined(runs);
}

std::string LinesInReadingOrder(const std::string& text) {
  std::istringstream in(text);
  std::string ordered, line;
  while (std::getline(in, line)) {
    ordered += line.find(kFromLeft) == std::string::npos ? LineAmongOthersFromLeft(line)
                                                         : LineAmongOthersFromRight(line);
    ordered += '\n';
  }
  return ordered;
}

bool MayEndALine(std::string_view word) {
  return word.ends_with('-') || word.ends_with('/') || word.ends_with("—");
}

std::string Words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::string words, word;
  while (in >> word) words += MayEndALine(word) ? word : word + " ";
  return words;
}

}  // namespace

std::string Readable(std::string_view text, Reading reading) {
  std::string words = Words(text);
  if (reading == Reading::kWords) return words;
  RemoveAll(words, " ");
  if (reading != Reading::kTally) return words;
  std::vector<std::string> characters = CharactersOf(words);
  std::sort(characters.begin(), characters.end());
  return Joined(characters);
}

std::string ReadBack(std::string_view pdf, Reading reading) {
  const bool from_right = reading == Reading::kFromRight || reading == Reading::kTally;
  const std::string above_the_footers = " -r 72 -x 0 -y 0 -W " +
                                        std::to_string(static_cast<int>(page::kWidth)) + " -H " +
                                        std::to_string(static_cast<int>(page::kFooterTop));
  std::string text =
      fulfillment::PdfText(pdf, (from_right ? "-layout" : "-raw") + above_the_footers);
  if (reading == Reading::kFromRight) text = LinesInReadingOrder(text);
  for (const std::string_view mark : {kFromRight, kFromLeft, kEnd}) RemoveAll(text, mark);
  return Readable(text, reading);
}

}  // namespace fsft::test
