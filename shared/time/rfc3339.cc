#include <optional>

#include "absl/status/status.h"
#include "shared/time/clock.h"

namespace fsft::time {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// The years that 64 bits of nanoseconds hold in full.
constexpr int kFirstYear = 1678;
constexpr int kLastYear = 2261;

// Writes `value` with leading zeros and returns the place behind it.
char* Put(char* out, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + width;
}

// Reads from the front of a text; every step says whether it found what it wanted.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  // One of the given characters; which one is left in `found`.
  bool OneOf(std::string_view wanted, char* found = nullptr) {
    if (rest_.empty() || wanted.find(rest_.front()) == std::string_view::npos) return false;
    if (found != nullptr) *found = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }

  bool Digit(int* digit) {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return false;
    *digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return true;
  }

  bool Number(int width, int* value) {
    *value = 0;
    for (int digit = 0; width > 0; --width) {
      if (!Digit(&digit)) return false;
      *value = *value * 10 + digit;
    }
    return true;
  }

 private:
  std::string_view rest_;
};

std::optional<sys_days> ScanDate(Scanner& scan) {
  int year = 0, month = 0, day = 0;
  if (!scan.Number(4, &year) || !scan.OneOf("-") || !scan.Number(2, &month) || !scan.OneOf("-") ||
      !scan.Number(2, &day)) {
    return std::nullopt;
  }
  const year_month_day date(std::chrono::year{year}, std::chrono::month(month),
                            std::chrono::day(day));
  if (!date.ok() || year < kFirstYear || year > kLastYear) return std::nullopt;
  return sys_days(date);
}

// One to nine decimals behind a point, or nothing at all.
std::optional<nanoseconds> ScanFraction(Scanner& scan) {
  if (!scan.OneOf(".")) return nanoseconds(0);
  int value = 0, digit = 0, count = 0;
  for (; scan.Digit(&digit); ++count) {
    if (count == 9) return std::nullopt;
    value = value * 10 + digit;
  }
  if (count == 0) return std::nullopt;
  for (; count < 9; ++count) value *= 10;
  return nanoseconds(value);
}

std::optional<nanoseconds> ScanTimeOfDay(Scanner& scan) {
  int hour = 0, minute = 0, second = 0;
  if (!scan.Number(2, &hour) || !scan.OneOf(":") || !scan.Number(2, &minute) || !scan.OneOf(":") ||
      !scan.Number(2, &second) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const std::optional<nanoseconds> fraction = ScanFraction(scan);
  if (!fraction) return std::nullopt;
  return hours(hour) + minutes(minute) + seconds(second) + *fraction;
}

// "Z", "+02:00", or PostgreSQL's "+02".
std::optional<minutes> ScanOffset(Scanner& scan) {
  if (scan.OneOf("Zz")) return minutes(0);
  char sign = 0;
  int hour = 0, minute = 0;
  if (!scan.OneOf("+-", &sign) || !scan.Number(2, &hour)) return std::nullopt;
  if (scan.OneOf(":") && !scan.Number(2, &minute)) return std::nullopt;
  if (hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours(hour) + minutes(minute);
  return sign == '-' ? -offset : offset;
}

}  // namespace

std::string FormatRfc3339(TimePoint when) {
  const sys_days day = std::chrono::floor<days>(when);
  const year_month_day date(day);
  const auto since_midnight = std::chrono::floor<microseconds>(when - day);
  const std::chrono::hh_mm_ss time(since_midnight);

  std::string text("0000-00-00T00:00:00.000000Z");
  char* out = text.data();
  out = Put(out, static_cast<unsigned>(static_cast<int>(date.year())), 4) + 1;
  out = Put(out, static_cast<unsigned>(date.month()), 2) + 1;
  out = Put(out, static_cast<unsigned>(date.day()), 2) + 1;
  out = Put(out, static_cast<unsigned>(time.hours().count()), 2) + 1;
  out = Put(out, static_cast<unsigned>(time.minutes().count()), 2) + 1;
  out = Put(out, static_cast<unsigned>(time.seconds().count()), 2) + 1;
  Put(out, static_cast<unsigned>(time.subseconds().count()), 6);
  return text;
}

absl::StatusOr<TimePoint> ParseRfc3339(std::string_view text) {
  const absl::Status malformed = absl::InvalidArgumentError("not an RFC 3339 time");
  Scanner scan(text);
  const std::optional<sys_days> day = ScanDate(scan);
  if (!day || !scan.OneOf("Tt ")) return malformed;
  const std::optional<nanoseconds> time = ScanTimeOfDay(scan);
  if (!time) return malformed;
  const std::optional<minutes> offset = ScanOffset(scan);
  if (!offset || !scan.AtEnd()) return malformed;
  return std::chrono::floor<TimePoint::duration>(TimePoint(*day) + *time - *offset);
}

}  // namespace fsft::time
