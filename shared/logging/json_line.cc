#include "shared/logging/json_line.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>
#include <utility>

namespace fsft::logging {
namespace {

// The length of the valid UTF-8 sequence of more than one byte at the front of `text`, or 0.
// Refuses overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629), which JSON readers
// refuse too.
size_t SequenceLength(std::string_view text) {
  const auto at = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = at(0);
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = at(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
      (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return length;
}

void AppendControl(std::string& out, unsigned char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      out += "\\u00";
      out += kDigits[c >> 4];
      out += kDigits[c & 0xf];
  }
}

// Appends the character, or the broken byte, at the front of `text` and returns how long it was.
size_t AppendSpecial(std::string& out, std::string_view text) {
  const auto c = static_cast<unsigned char>(text.front());
  if (c < 0x20) {
    AppendControl(out, c);
    return 1;
  }
  if (c < 0x80) {  // a quote or a backslash
    out += '\\';
    out += static_cast<char>(c);
    return 1;
  }
  const size_t length = SequenceLength(text);
  if (length == 0) {
    out += "\\ufffd";  // the replacement character, once for each byte that fits nowhere
    return 1;
  }
  out += text.substr(0, length);
  return length;
}

bool IsPlain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

void AppendText(std::string& out, std::string_view text) {
  text = text.substr(0, JsonLine::kLongestText);
  out += '"';
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), IsPlain);
    const auto plain = static_cast<size_t>(end - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(AppendSpecial(out, text));
  }
  out += '"';
}

template <typename Number>
void AppendNumber(std::string& out, Number number) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end);
}

void AppendValue(std::string& out, const Field::Value& value) {
  std::visit(
      [&out](auto v) {
        using Type = decltype(v);
        if constexpr (std::is_same_v<Type, std::string_view>) {
          AppendText(out, v);
        } else if constexpr (std::is_same_v<Type, bool>) {
          out += v ? "true" : "false";
        } else if constexpr (std::is_same_v<Type, double>) {
          std::isfinite(v) ? AppendNumber(out, v) : void(out += "null");  // JSON has no NaN
        } else {
          AppendNumber(out, v);
        }
      },
      value);
}

}  // namespace

JsonLine::JsonLine() {
  text_.reserve(512);
  text_ += '{';
}

void JsonLine::Add(std::string_view name, const Field::Value& value) {
  if (text_.size() > 1) text_ += ',';
  AppendText(text_, name);
  text_ += ':';
  AppendValue(text_, value);
}

std::string JsonLine::Finish() && {
  text_ += "}\n";
  return std::move(text_);
}

}  // namespace fsft::logging
