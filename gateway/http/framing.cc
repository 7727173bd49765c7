#include "gateway/http/framing.h"

#include <algorithm>
#include <charconv>

namespace fsft::gateway::http {
namespace {

std::optional<uint64_t> ParseLength(std::string_view text) {
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  uint64_t length = 0;
  // from_chars refuses what overflows; a sign, a blank or a list is refused by the digits.
  if (!digits || std::from_chars(text.data(), text.data() + text.size(), length).ec != std::errc{})
    return std::nullopt;
  return length;
}

}  // namespace

std::optional<Framing> ReadFraming(const Request& request) {
  Framing framing;
  for (const Header& header : request.headers) {
    if (SameName(header.name, "Content-Length")) {
      const auto length = ParseLength(header.value);
      if (!length || (framing.length && *framing.length != *length)) return std::nullopt;
      framing.length = length;
    } else if (SameName(header.name, "Transfer-Encoding")) {
      if (framing.chunked || !SameName(header.value, "chunked")) return std::nullopt;
      framing.chunked = true;
    }
  }
  if (framing.chunked && framing.length) return std::nullopt;
  return framing;
}

}  // namespace fsft::gateway::http
