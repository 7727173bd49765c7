#include "gateway/http/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace fsft::gateway::http {
namespace {

constexpr int kBits = 128;
constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

bool IsIpv4(const Ip& ip) { return std::equal(kMapped.begin(), kMapped.end(), ip.begin()); }

// All but the first `bits` to 0.
void Mask(Ip& ip, int bits) {
  for (int i = 0; i < static_cast<int>(ip.size()); ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    ip[i] &= static_cast<uint8_t>(0xff << (8 - kept));
  }
}

}  // namespace

std::optional<Ip> ParseIp(std::string_view text) {
  const std::string terminated(text);
  Ip ip{};
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  if (inet_pton(AF_INET6, terminated.c_str(), ip.data()) == 1) return ip;
  std::copy(kMapped.begin(), kMapped.end(), ip.begin());
  if (inet_pton(AF_INET, terminated.c_str(), ip.data() + kMapped.size()) == 1) return ip;
  return std::nullopt;
}

Ip ClientNetwork(Ip ip) {
  if (!IsIpv4(ip)) Mask(ip, 64);
  return ip;
}

Networks::Networks(const std::vector<std::string>& texts) {
  for (const std::string_view text : texts) {
    const size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    auto base = ParseIp(address);
    if (!base) continue;
    int bits = kBits;
    if (slash != std::string_view::npos) {
      const std::string_view length = text.substr(slash + 1);
      std::from_chars(length.data(), length.data() + length.size(), bits);
      if (address.find(':') == std::string_view::npos) bits += kMappedBits;
    }
    Mask(*base, bits);
    networks_.push_back({*base, bits});
  }
}

bool Networks::Contain(const Ip& ip) const {
  return std::ranges::any_of(networks_, [&](const Network& network) {
    Ip masked = ip;
    Mask(masked, network.bits);
    return masked == network.base;
  });
}

}  // namespace fsft::gateway::http
