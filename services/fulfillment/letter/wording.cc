#include "services/fulfillment/letter/wording.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <optional>

namespace fsft::fulfillment {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

std::string Join(std::initializer_list<std::string_view> parts, std::string_view separator) {
  std::string joined;
  for (std::string_view part : parts) {
    if (part.empty()) continue;
    if (!joined.empty()) joined += separator;
    joined += part;
  }
  return joined;
}

std::string Labelled(std::string_view label, std::string_view value) {
  return value.empty() ? std::string() : Join({label, value}, " ");
}

std::string PlaceLine(const PostalAddress& address) {
  return Join({Join({address.city, address.state}, ", "), address.zip}, " ");
}

std::string AddressBlock(const PostalAddress& address) {
  return Join({address.name, address.company, address.line1, address.line2, PlaceLine(address)},
              "\n");
}

std::optional<int> Number(std::string_view digits) {
  int value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string LongDate(std::string_view iso_date) {
  if (iso_date.size() != 10) return std::string(iso_date);
  const auto year = Number(iso_date.substr(0, 4));
  const auto month = Number(iso_date.substr(5, 2));
  const auto day = Number(iso_date.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *month > 12) return std::string(iso_date);
  return std::string(kMonths[*month - 1]) + ' ' + std::to_string(*day) + ", " +
         std::to_string(*year);
}

std::string SenderBlock(const Letter& letter) {
  return Join({AddressBlock(letter.sender), letter.sender_email, letter.sender_phone}, "\n");
}

std::string AgencyBlock(const Letter& letter) { return AddressBlock(letter.agency); }

std::string SubjectLine(const Letter& letter) {
  return "Re: Parking citation " + letter.citation_number;
}

std::string SubjectDetails(const Letter& letter) {
  return Join({Labelled("Issued", LongDate(letter.violation_date)),
               Labelled("License plate", letter.license_plate), letter.vehicle},
              " · ");
}

std::string ReplyBlock(const Letter& letter) {
  return "Please send your answer to:\n" + AddressBlock(letter.sender);
}

std::string Enclosures(const Letter& letter) {
  const size_t count = letter.exhibits.size();
  if (count == 0) return "";
  std::string text = count == 1 ? "Enclosure: 1 photograph"
                                : "Enclosures: " + std::to_string(count) + " photographs";
  const bool any_caption =
      std::any_of(letter.exhibits.begin(), letter.exhibits.end(),
                  [](const LetterExhibit& exhibit) { return !exhibit.caption.empty(); });
  for (size_t i = 0; any_caption && i < count; ++i) {
    const std::string& caption = letter.exhibits[i].caption;
    text += "\n" + std::to_string(i + 1) + ". " + (caption.empty() ? "Photograph" : caption);
  }
  return text;
}

std::string ExhibitHeading(size_t number, size_t count) {
  return "Exhibit " + std::to_string(number) + " of " + std::to_string(count);
}

}  // namespace fsft::fulfillment
