#pragma once

#include <iosfwd>

namespace fsft::app {

// The version of the build.
extern const char* const kVersion;

// What the command line asks for. There is nothing to set on it: a setting that is sometimes an
// argument and sometimes a variable is looked for in the wrong place.
enum class Wish { kRun, kHelp, kVersion, kStatements, kUnknown };
Wish ReadArguments(int argc, const char* const* argv);

void PrintHelp(const char* program, std::ostream& out);
void PrintVersion(const char* program, std::ostream& out);
void PrintUsage(const char* program, std::ostream& out);

}  // namespace fsft::app
