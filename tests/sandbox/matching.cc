#include "tests/sandbox/matching.h"

#include <string>

namespace fsft::sandbox {
namespace {

std::string Text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

bool Matches(const Json& entry, const Json& wanted) {
  if (!wanted.is_object()) return entry == wanted || Text(entry) == Text(wanted);
  for (const auto& [name, value] : wanted.items()) {
    const bool there = entry.is_object() && entry.contains(name);
    if (!there || !Matches(entry[name], value)) return false;
  }
  return true;
}

}  // namespace fsft::sandbox
