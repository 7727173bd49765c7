#include "tests/fuzz/letter_input.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "shared/printable/table.h"
#include "shared/printable/utf8.h"
#include "tests/fuzz/png_checksums.h"
#include "tests/printing/utf8.h"

namespace fsft::test {
namespace {

using fulfillment::Letter;

constexpr size_t kMaxExhibits = 5;
// Of a text and of a picture; more than intake lets through, and libFuzzer bounds them all together.
constexpr size_t kLongest = size_t{1} << 20;

template <typename AnyLetter>
auto TextsOf(AnyLetter& letter) {
  return std::array{
      &letter.text,          &letter.sender.name,  &letter.sender.company,  &letter.sender.line1,
      &letter.sender.line2,  &letter.sender.city,  &letter.sender.state,    &letter.sender.zip,
      &letter.sender_email,  &letter.sender_phone, &letter.agency.name,     &letter.agency.company,
      &letter.agency.line1,  &letter.agency.line2, &letter.agency.city,     &letter.agency.state,
      &letter.agency.zip,    &letter.date,         &letter.citation_number, &letter.violation_date,
      &letter.license_plate, &letter.vehicle};
}

// What can be printed stays; of everything else two bytes choose a character of any script. Random
// bytes would otherwise end at the check for UTF-8.
std::string Printable(std::string_view bytes) {
  const auto table = printable::Table();
  std::string text;
  while (!bytes.empty()) {
    std::string_view rest = bytes;
    const auto code_point = printable::TakeCodePoint(rest);
    if (code_point && (*code_point == '\n' || printable::Find(*code_point) != nullptr)) {
      text += bytes.substr(0, bytes.size() - rest.size());
      bytes = rest;
      continue;
    }
    size_t choice = static_cast<uint8_t>(bytes[0]);
    if (bytes.size() > 1) choice = choice << 8 | static_cast<uint8_t>(bytes[1]);
    text += Utf8(table[choice % table.size()].first);
    bytes.remove_prefix(std::min<size_t>(bytes.size(), 2));
  }
  return text;
}

}  // namespace

// FuzzedDataProvider takes numbers from the end of the bytes and strings from their start. A string
// ends at a backslash that no other one follows.

Letter ReadLetter(std::string_view bytes) {
  FuzzedDataProvider data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const bool printable = data.ConsumeBool();
  const bool right_checksums = data.ConsumeBool();
  const auto exhibits = data.ConsumeIntegralInRange<size_t>(0, kMaxExhibits);
  const auto next = [&] { return data.ConsumeRandomLengthString(kLongest); };
  const auto next_text = [&] { return printable ? Printable(next()) : next(); };
  Letter letter;
  for (std::string* text : TextsOf(letter)) *text = next_text();
  letter.signature_png = next();
  if (right_checksums) letter.signature_png = WithRightChecksums(std::move(letter.signature_png));
  for (size_t i = 0; i < exhibits; ++i) {
    std::string caption = next_text();
    letter.exhibits.push_back({.caption = std::move(caption), .jpeg = next()});
  }
  return letter;
}

std::string WriteLetter(const Letter& letter) {
  std::string bytes;
  const auto append = [&](const std::string& text) {
    for (const char c : text) bytes += c == '\\' ? std::string(2, c) : std::string(1, c);
    bytes += "\\.";
  };
  for (const std::string* text : TextsOf(letter)) append(*text);
  append(letter.signature_png);
  for (const fulfillment::LetterExhibit& exhibit : letter.exhibits) {
    append(exhibit.caption);
    append(exhibit.jpeg);
  }
  bytes += static_cast<char>(letter.exhibits.size());
  return bytes + '\1' + '\1';
}

}  // namespace fsft::test
