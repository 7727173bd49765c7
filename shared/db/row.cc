#include "shared/db/row.h"

#include <charconv>
#include <stdexcept>

#include "shared/crypto/encoding.h"
#include "shared/time/clock.h"

namespace fsft::db {

namespace {

[[noreturn]] void Wrong(size_t column, const char* expected) {
  // Never the value: it may be personal data, and this text reaches the log.
  throw std::logic_error("column " + std::to_string(column) + " is no " + expected);
}

}  // namespace

const std::string& Row::Text(size_t column) const {
  const auto& cell = cells_.at(column);
  if (!cell) Wrong(column, "value but NULL");
  return *cell;
}

std::string Row::TextOr(size_t column, std::string fallback) const {
  return cells_.at(column).value_or(std::move(fallback));
}

int64_t Row::Int64(size_t column) const {
  const std::string& text = Text(column);
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) Wrong(column, "integer");
  return value;
}

bool Row::Bool(size_t column) const {
  const std::string& text = Text(column);
  if (text != "t" && text != "f") Wrong(column, "boolean");
  return text == "t";
}

std::string Row::Bytes(size_t column) const {
  const std::string& text = Text(column);
  if (!text.starts_with("\\x")) Wrong(column, "bytea");
  auto bytes = crypto::HexDecode(std::string_view(text).substr(2));
  if (!bytes.ok()) Wrong(column, "bytea");
  return *std::move(bytes);
}

std::chrono::system_clock::time_point Row::Time(size_t column) const {
  auto time = time::ParseRfc3339(Text(column));
  if (!time.ok()) Wrong(column, "timestamptz");
  return *time;
}

std::vector<std::string> Row::TextArray(size_t column) const {
  const std::string& text = Text(column);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') Wrong(column, "array");
  std::vector<std::string> elements;
  bool quoted = false;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (elements.empty()) elements.emplace_back();
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\') {
      elements.back() += text[++i];
    } else if (c == ',' && !quoted) {
      elements.emplace_back();
    } else {
      elements.back() += c;
    }
  }
  return elements;
}

}  // namespace fsft::db
