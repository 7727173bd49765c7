#include "gateway/http/client_address.h"

#include <optional>

#include "gateway/http/elements.h"

namespace fsft::gateway::http {
namespace {

// Some proxies write the port too: "203.0.113.7:4711", "[2001:db8::1]:4711".
std::optional<Ip> ParseHop(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    return end == std::string_view::npos ? std::nullopt : ParseIp(text.substr(1, end - 1));
  }
  const size_t colon = text.find(':');
  const bool port = colon != std::string_view::npos && colon == text.rfind(':');
  return ParseIp(port ? text.substr(0, colon) : text);
}

// Goes on from `ip`, who has sent `list`. False when there is no more to be learnt: `ip` is whom it
// is from.
bool Follow(std::string_view list, const Networks& trusted, Ip& ip) {
  while (trusted.Contain(ip)) {
    const size_t comma = list.rfind(',');
    const size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
    const std::optional<Ip> hop = ParseHop(Trim(list.substr(begin)));
    if (!hop) return false;
    ip = *hop;
    if (comma == std::string_view::npos) return true;
    list = list.substr(0, comma);
  }
  return false;
}

}  // namespace

Ip ClientAddress(const Request& request, const Networks& trusted_proxies) {
  Ip ip = ParseIp(request.remote_addr).value_or(Ip{});
  // A proxy may add a line of its own instead of adding to the last.
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (!SameName(header->name, "X-Forwarded-For")) continue;
    if (!Follow(header->value, trusted_proxies, ip)) break;
  }
  return ip;
}

}  // namespace fsft::gateway::http
