#include "shared/db/param.h"

#include <vector>

#include "shared/crypto/encoding.h"
#include "shared/time/clock.h"

namespace fsft::db {

Param::Param(std::string_view name, std::chrono::system_clock::time_point time)
    : Param(name, Owned{time::FormatRfc3339(time)}) {}

Param Param::Bytes(std::string_view name, std::string_view bytes) {
  return Param(name, Owned{"\\x" + crypto::HexEncode(bytes)});
}

Param Param::BytesOrNull(std::string_view name, std::string_view bytes) {
  return bytes.empty() ? Param(name, std::nullopt) : Bytes(name, bytes);
}

Param Param::TextOrNull(std::string_view name, std::string_view text) {
  return text.empty() ? Param(name, std::nullopt) : Param(name, text);
}

Param Param::Array(std::string_view name, std::span<const std::string> elements) {
  std::string literal = "{";
  for (const std::string& element : elements) {
    if (literal.size() > 1) literal += ',';
    literal += '"';
    for (char c : element) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return Param(name, Owned{literal + "}"});
}

Param Param::Array(std::string_view name, std::span<const int64_t> elements) {
  std::string literal = "{";
  for (int64_t element : elements) {
    if (literal.size() > 1) literal += ',';
    literal += std::to_string(element);
  }
  return Param(name, Owned{literal + "}"});
}

Param Param::BytesArray(std::string_view name, std::span<const std::string> elements) {
  std::vector<std::string> texts;
  texts.reserve(elements.size());
  for (const std::string& element : elements) texts.push_back("\\x" + crypto::HexEncode(element));
  return Array(name, texts);
}

}  // namespace fsft::db
