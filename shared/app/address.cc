#include "shared/app/address.h"

#include <charconv>

namespace fsft::app {
namespace {

constexpr int kMaxPort = 65535;

std::optional<int> ParsePort(std::string_view text) {
  int port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || rest != end || port < 0 || port > kMaxPort) return std::nullopt;
  return port;
}

// An IPv6 address must be in brackets, otherwise nobody can tell where its port begins.
std::optional<std::string_view> ParseHost(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    return text.substr(1, text.size() - 2);
  }
  if (text.empty() || text.find_first_of(":[]") != std::string_view::npos) return std::nullopt;
  return text;
}

}  // namespace

std::optional<Address> ParseAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<std::string_view> host = ParseHost(text.substr(0, colon));
  const std::optional<int> port = ParsePort(text.substr(colon + 1));
  if (!host || !port) return std::nullopt;
  return Address{std::string(*host), *port};
}

}  // namespace fsft::app
