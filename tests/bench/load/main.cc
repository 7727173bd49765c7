// load PORT CONNECTIONS SECONDS REQUESTS [BODIES]: a closed loop of so many connections to 127.0.0.1,
// each request of the file sent once; SECONDS with a "+" behind: from the first again after the
// last. Prints what it found as JSON, and writes what was answered 200 to BODIES, a line each.
#include <arpa/inet.h>

#include <cmath>
#include <cstdlib>
#include <iostream>

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

int Run(int argc, char** argv) {
  const absl::StatusOr<Requests> requests = Requests::Read(argv[4]);
  if (!requests.ok()) {
    std::cerr << requests.status() << "\n";
    return 1;
  }
  char* rest = nullptr;
  const double seconds = std::strtod(argv[3], &rest);
  Findings findings(argc > 5 ? argv[5] : "");
  Clients clients({.server = Loopback(std::atoi(argv[1])),
                   .count = std::strtoul(argv[2], nullptr, 10),
                   .time = std::chrono::milliseconds(std::lround(1000 * seconds)),
                   .again = *rest == '+'},
                  *requests, findings);
  const auto begun = steady_clock::now();
  const size_t sent = clients.Run();
  std::cout << findings.ToJson(steady_clock::now() - begun, sent) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5 || argc > 6) {
    std::cerr << "usage: load PORT CONNECTIONS SECONDS[+] REQUESTS [BODIES]\n";
    return 2;
  }
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "load: " << error.what() << "\n";
    return 1;
  }
}
