#include "gateway/csv.h"

namespace fsft::gateway {
namespace {

constexpr std::string_view kBeginsAFormula = "=+-@\t\r";
constexpr std::string_view kNeedsQuotes = "\",\r\n";

std::string Cell(std::string text) {
  if (!text.empty() && kBeginsAFormula.find(text.front()) != std::string_view::npos)
    text.insert(text.begin(), '\'');
  if (text.find_first_of(kNeedsQuotes) == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    line += Cell(cell);
  }
  return line + "\r\n";
}

}  // namespace fsft::gateway
