// The pages of gateway/web, compiled into the program: a container has no files to lose, and a path
// no file to reach.
#pragma once

#include <span>
#include <string_view>

namespace fsft::gateway {

struct WebFile {
  // Relative to gateway/web, e.g. "index.html".
  std::string_view name;
  std::string_view content;
};

// Made by embed.cmake.
std::span<const WebFile> WebFiles();

}  // namespace fsft::gateway
