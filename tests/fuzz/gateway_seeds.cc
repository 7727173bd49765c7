// gateway_seeds FOLDER: writes what the fuzzer of requests starts from, and prints the files'
// names, separated by commas.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/fuzz/gateway_input.h"

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  const char* separator = "";
  for (const auto& [name, bytes] : fsft::test::GatewaySeeds()) {
    const std::string path = std::string(argv[1]) + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    printf("%s%s", separator, path.c_str());
    separator = ",";
  }
  return EXIT_SUCCESS;
}
