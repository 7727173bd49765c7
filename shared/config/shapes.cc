#include "shared/config/shapes.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "shared/smtp/mailbox.h"

namespace fsft::config {
namespace {

constexpr long kHighestPort = 65535;

bool Skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool IsHost(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    in6_addr address;
    return inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) == 1;
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_';
  });
}

bool IsPort(std::string_view text) {
  const long port = ParseNumber(text);
  return port >= 0 && port <= kHighestPort;
}

bool IsHostWithOptionalPort(std::string_view text) { return IsHost(text) || IsAddress(text); }

bool IsUrlOf(std::string_view text, std::string_view scheme, std::string_view other_scheme) {
  return IsWord(text) && (Skip(text, scheme) || Skip(text, other_scheme)) && !text.empty();
}

}  // namespace

bool IsAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  return colon != std::string_view::npos && IsHost(text.substr(0, colon)) &&
         IsPort(text.substr(colon + 1));
}

bool IsTarget(std::string_view text) {
  if (Skip(text, "dns:///")) return IsHostWithOptionalPort(text);
  if (!Skip(text, "ipv4:") && !Skip(text, "ipv6:")) return IsAddress(text);
  while (true) {
    const size_t comma = text.find(',');
    if (!IsAddress(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

bool IsHttpUrl(std::string_view text) {
  if (!IsWord(text) || text.find_first_of("?#@") != std::string_view::npos) return false;
  if (!Skip(text, "http://") && !Skip(text, "https://")) return false;
  return IsHostWithOptionalPort(text.substr(0, text.find('/')));
}

bool IsOrigin(std::string_view text) {
  return text == "*" || (IsHttpUrl(text) && std::count(text.begin(), text.end(), '/') == 2);
}

bool IsPostgresUrl(std::string_view text) { return IsUrlOf(text, "postgresql://", "postgres://"); }

bool IsSmtpUrl(std::string_view text) { return IsUrlOf(text, "smtp://", "smtps://"); }

bool IsMailbox(std::string_view text) { return smtp::ParseMailbox(text).has_value(); }

bool IsNetwork(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  in_addr v4;
  in6_addr v6;
  const long bits = inet_pton(AF_INET, address.c_str(), &v4) == 1    ? 32
                    : inet_pton(AF_INET6, address.c_str(), &v6) == 1 ? 128
                                                                     : -1;
  if (bits < 0 || slash == std::string_view::npos) return bits > 0;
  const long prefix = ParseNumber(text.substr(slash + 1));
  return prefix >= 0 && prefix <= bits;
}

bool IsCity(std::string_view text) {
  if (text == "all" || text == "none") return true;
  return Skip(text, "us-") && text.size() > 3 && text[2] == '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '-'; });
}

bool IsWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

long ParseNumber(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0') || text.front() == '-') return -1;
  long number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end ? number : -1;
}

}  // namespace fsft::config
