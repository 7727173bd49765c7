// The pages of gateway/web, and the description of the API, compiled into the program: a container
// has no files to lose, and a path no file to reach.
#pragma once

#include <span>
#include <string_view>

namespace fsft::gateway {

struct WebFile {
  // E.g. "index.html".
  std::string_view name;
  std::string_view content;
};

// Made by embed.cmake.
std::span<const WebFile> WebFiles();

}  // namespace fsft::gateway
