#include "shared/app/arguments.h"

#include <ostream>
#include <string_view>

#include "shared/config/config.h"

namespace fsft::app {

const char* const kVersion = FSFT_VERSION;

Wish ReadArguments(int argc, const char* const* argv) {
  if (argc < 2) return Wish::kRun;
  const std::string_view wish = argv[1];
  if (argc > 2) return Wish::kUnknown;
  if (wish == "--help" || wish == "-h") return Wish::kHelp;
  if (wish == "--version") return Wish::kVersion;
  if (wish == "--print-statements") return Wish::kStatements;
  return Wish::kUnknown;
}

void PrintHelp(const char* program, std::ostream& out) {
  PrintUsage(program, out);
  out << "\nEverything is set by environment variables:\n\n" << config::Help();
}

void PrintVersion(const char* program, std::ostream& out) {
  out << program << " (fightsftickets) " << kVersion << "\n";
}

void PrintUsage(const char* program, std::ostream& out) {
  out << "usage: " << program << " [--help | --version | --print-statements]\n";
}

}  // namespace fsft::app
