#include "services/intake/calendar.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"

namespace fsft::intake {

std::optional<absl::CivilDay> ParseIsoDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](size_t at, size_t length) {
    int value = 0;
    for (char c : text.substr(at, length)) {
      if (!absl::ascii_isdigit(c)) return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1 || month < 1 || day < 1) return std::nullopt;
  // CivilDay makes March 2 of February 30; a date that changes was none.
  const absl::CivilDay date(year, month, day);
  if (date.month() != month || date.day() != day) return std::nullopt;
  return date;
}

std::string FormatIsoDate(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::CivilDay DayIn(absl::TimeZone zone, time::TimePoint now) {
  return absl::ToCivilDay(absl::FromChrono(now), zone);
}

}  // namespace fsft::intake
