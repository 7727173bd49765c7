#include "gateway/router.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace fsft::gateway {
namespace {

const Route* FindMethod(const std::vector<const Route*>& methods, std::string_view method) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  for (const Route* route : methods) {
    if (route->method == wanted) return route;
  }
  return nullptr;
}

std::string AllowedMethods(const std::vector<const Route*>& methods) {
  std::set<std::string_view> names = {"OPTIONS"};
  for (const Route* route : methods) {
    names.insert(route->method);
    if (route->method == "GET") names.insert("HEAD");
  }
  std::string list;
  for (const std::string_view name : names) list.append(list.empty() ? "" : ", ").append(name);
  return list;
}

// "/x/{id}/y" as "x", "", "y".
std::vector<std::string> SegmentsOf(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    segments.emplace_back(segment.starts_with('{') ? "" : segment);
    pattern.remove_prefix(segment.size());
  }
  return segments;
}

}  // namespace

// Operator routes have none: they are new, and a path that only differs from a public one by its
// prefix would be a trap.
std::string_view AliasOf(const Route& route) {
  constexpr std::string_view kApi = "/api";
  if (!route.pattern.starts_with("/api/") || route.pattern.starts_with("/api/admin/")) return {};
  return route.pattern.substr(kApi.size());
}

Router::Router(std::span<const Route> routes) {
  for (const Route& route : routes) {
    Add(route.pattern, route);
    if (const std::string_view alias = AliasOf(route); !alias.empty()) Add(alias, route);
  }
}

void Router::Add(std::string_view pattern, const Route& route) {
  const auto fail = [&](const char* why) {
    throw std::invalid_argument(std::string(route.method) + " " + std::string(pattern) + ": " +
                                why);
  };
  Methods* methods = nullptr;
  if (pattern.find('{') == std::string_view::npos) {
    methods = &fixed_[std::string(pattern)];
  } else {
    std::vector<std::string> segments = SegmentsOf(pattern);
    if (std::ranges::count(segments, "") > 2) fail("has more than two parameters");
    auto found = std::ranges::find(patterns_, segments, &Pattern::segments);
    if (found == patterns_.end()) found = patterns_.insert(found, {std::move(segments), {}});
    methods = &found->methods;
  }
  if (FindMethod(*methods, route.method) != nullptr) fail("is listed twice");
  methods->push_back(&route);
}

bool Router::Fits(const Pattern& pattern, std::string_view path, Match& match) {
  match.parameter = match.second_parameter = {};
  for (const std::string& segment : pattern.segments) {
    if (!path.starts_with('/')) return false;
    path.remove_prefix(1);
    const std::string_view value = path.substr(0, path.find('/'));
    path.remove_prefix(value.size());
    if (value.empty() || (!segment.empty() && value != segment)) return false;
    if (segment.empty())
      (match.parameter.empty() ? match.parameter : match.second_parameter) = value;
  }
  return path.empty();
}

const Router::Methods* Router::FindPath(std::string_view path, Match& match) const {
  // A fixed path wins over a pattern that would fit too.
  if (const auto found = fixed_.find(path); found != fixed_.end()) return &found->second;
  for (const Pattern& pattern : patterns_) {
    if (Fits(pattern, path, match)) return &pattern.methods;
  }
  return nullptr;
}

Match Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  const Methods* methods = FindPath(path, match);
  if (methods == nullptr) return {};
  match.any_route = methods->front();
  match.route = FindMethod(*methods, method);
  if (match.route == nullptr) match.allow = AllowedMethods(*methods);
  return match;
}

}  // namespace fsft::gateway
