#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fsft::app {

// Where to listen.
struct Address {
  std::string host;
  int port = 0;  // 0: any free one
};

// "0.0.0.0:9000", "[::]:9000", "localhost:0". Nothing when it is malformed.
std::optional<Address> ParseAddress(std::string_view text);

}  // namespace fsft::app
