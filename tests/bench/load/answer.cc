#include "tests/bench/load/answer.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace fsft::bench {

namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
// "HTTP/1.1 200 OK"
constexpr size_t kStatusAt = 9;
constexpr size_t kStatusDigits = 3;

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

bool Answer::Feed(std::string_view bytes) {
  text_ += bytes;
  if (!length_) {
    const size_t end = text_.find(kEndOfHead);
    if (end == std::string::npos) return true;
    body_start_ = end + kEndOfHead.size();
    if (!ReadHead(std::string_view(text_).substr(0, end))) return false;
  }
  return text_.size() <= body_start_ + *length_;
}

bool Answer::ReadHead(std::string_view head) {
  if (head.size() < kStatusAt + kStatusDigits) return false;
  if (!absl::SimpleAtoi(ToAbsl(head.substr(kStatusAt, kStatusDigits)), &status_)) return false;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(head), "\r\n")) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    size_t length = 0;
    if (absl::EqualsIgnoreCase(field.first, "Content-Length")) {
      if (!absl::SimpleAtoi(field.second, &length)) return false;
      length_ = length;
    } else if (absl::EqualsIgnoreCase(field.first, "Connection")) {
      last_ = absl::EqualsIgnoreCase(field.second, "close");
    }
  }
  return length_.has_value();
}

}  // namespace fsft::bench
