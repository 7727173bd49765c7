// Addresses of clients, and the networks that they are in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fsft::gateway::http {

// In network order. An IPv4 address is kept as IPv6 has it (::ffff:203.0.113.7), so that a client
// is the same one whichever way it has reached us.
using Ip = std::array<uint8_t, 16>;

// "203.0.113.7", "2001:db8::1", "::ffff:203.0.113.7"; nullopt for anything else, be it a name, a
// port or a zone.
std::optional<Ip> ParseIp(std::string_view text);

// What is counted as one client: an IPv4 address, or the /64 of an IPv6 address, because whoever
// has one address of it has all of them.
Ip ClientNetwork(Ip ip);

// A list of networks such as FSFT_TRUSTED_PROXIES.
class Networks {
 public:
  Networks() = default;
  // "10.0.0.0/8", "::1". What is neither contains nothing: the configuration has checked them.
  explicit Networks(const std::vector<std::string>& texts);

  bool Contain(const Ip& ip) const;

 private:
  struct Network {
    Ip base;
    int bits;
  };
  std::vector<Network> networks_;
};

}  // namespace fsft::gateway::http
