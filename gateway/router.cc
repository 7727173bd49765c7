#include "gateway/router.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace fsft::gateway {
namespace {

// The path as a proxy that strips /api asks for it; empty when the route has no such alias.
// Operator routes have none: they are new, and a path that only differs from a public one by its
// prefix would be a trap.
std::string_view Alias(std::string_view pattern) {
  constexpr std::string_view kApi = "/api";
  if (!pattern.starts_with("/api/") || pattern.starts_with("/api/admin/")) return {};
  return pattern.substr(kApi.size());
}

const Route* FindMethod(const std::vector<const Route*>& methods, std::string_view method) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route* route : methods) {
    if (route->method == wanted) return route;
  }
  return nullptr;
}

std::string AllowedMethods(const std::vector<const Route*>& methods) {
  std::set<std::string_view> names;
  for (const Route* route : methods) {
    names.insert(route->method);
    if (route->method == "GET") names.insert("HEAD");
  }
  std::string list;
  for (const std::string_view name : names) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

}  // namespace

Router::Router(std::span<const Route> routes) {
  for (const Route& route : routes) {
    Add(route.pattern, route);
    if (const std::string_view alias = Alias(route.pattern); !alias.empty()) Add(alias, route);
  }
}

void Router::Add(std::string_view pattern, const Route& route) {
  const auto fail = [&](const char* why) {
    throw std::invalid_argument(std::string(route.method) + " " + std::string(pattern) + ": " +
                                why);
  };
  Methods* methods = nullptr;
  const size_t open = pattern.find('{');
  if (open == std::string_view::npos) {
    methods = &fixed_[std::string(pattern)];
  } else {
    const size_t close = pattern.find('}', open);
    if (close == std::string_view::npos || pattern.find('{', close) != std::string_view::npos) {
      fail("has not exactly one parameter");
    }
    const std::string_view prefix = pattern.substr(0, open), suffix = pattern.substr(close + 1);
    auto found = std::find_if(patterns_.begin(), patterns_.end(), [&](const Pattern& known) {
      return known.prefix == prefix && known.suffix == suffix;
    });
    if (found == patterns_.end()) {
      found = patterns_.insert(found, {std::string(prefix), std::string(suffix), {}});
    }
    methods = &found->methods;
  }
  if (FindMethod(*methods, route.method) != nullptr) fail("is listed twice");
  methods->push_back(&route);
}

const Router::Methods* Router::FindPath(std::string_view path, std::string_view* parameter) const {
  // A fixed path wins over a pattern that would fit too.
  if (const auto found = fixed_.find(path); found != fixed_.end()) return &found->second;
  for (const Pattern& pattern : patterns_) {
    if (path.size() <= pattern.prefix.size() + pattern.suffix.size()) continue;
    if (!path.starts_with(pattern.prefix) || !path.ends_with(pattern.suffix)) continue;
    const std::string_view value = path.substr(
        pattern.prefix.size(), path.size() - pattern.prefix.size() - pattern.suffix.size());
    if (value.find('/') != std::string_view::npos) continue;
    *parameter = value;
    return &pattern.methods;
  }
  return nullptr;
}

Match Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  const Methods* methods = FindPath(path, &match.parameter);
  if (methods == nullptr) return match;
  match.route = FindMethod(*methods, method);
  if (match.route == nullptr) match.allow = AllowedMethods(*methods);
  return match;
}

}  // namespace fsft::gateway
