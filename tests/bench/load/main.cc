// load PORT CONNECTIONS SECONDS REQUESTS [BODIES]: a closed loop of so many connections to 127.0.0.1,
// each request of the file sent once; SECONDS with a "+" behind: from the first again after the
// last. Prints what it found as JSON, and writes what was answered 200 to BODIES, a line each.
#include <arpa/inet.h>

#include <cmath>
#include <iostream>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "tests/bench/load/clients.h"

namespace {

using namespace fsft::bench;
using std::chrono::steady_clock;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

constexpr char kUsage[] = "usage: load PORT CONNECTIONS SECONDS[+] REQUESTS [BODIES]\n";

// Nothing when one of the first three arguments is no number.
std::optional<Clients::Options> ReadOptions(char** argv) {
  int port = 0;
  size_t connections = 0;
  double seconds = 0;
  absl::string_view time = argv[3];
  const bool again = absl::ConsumeSuffix(&time, "+");
  if (!absl::SimpleAtoi(argv[1], &port) || !absl::SimpleAtoi(argv[2], &connections) ||
      !absl::SimpleAtod(time, &seconds)) {
    return std::nullopt;
  }
  return Clients::Options{.server = Loopback(port),
                          .count = connections,
                          .time = std::chrono::milliseconds(std::lround(1000 * seconds)),
                          .again = again};
}

int Run(const Clients::Options& options, const char* path, const char* bodies) {
  const absl::StatusOr<Requests> requests = Requests::Read(path);
  if (!requests.ok()) {
    std::cerr << requests.status() << "\n";
    return 1;
  }
  Findings findings(bodies);
  Clients clients(options, *requests, findings);
  const auto begun = steady_clock::now();
  const size_t sent = clients.Run();
  std::cout << findings.ToJson(steady_clock::now() - begun, sent) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = argc == 5 || argc == 6 ? ReadOptions(argv) : std::nullopt;
  if (!options) {
    std::cerr << kUsage;
    return 2;
  }
  try {
    return Run(*options, argv[4], argc == 6 ? argv[5] : "");
  } catch (const std::exception& error) {
    std::cerr << "load: " << error.what() << "\n";
    return 1;
  }
}
