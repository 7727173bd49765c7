// Finds the route of a request.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/routes.h"

namespace fsft::gateway {

// What a path leads to.
struct Match {
  // nullptr: no such path, or none for this method.
  const Route* route = nullptr;
  // The {parameters}' values; views into the path that was asked for.
  std::string_view parameter;
  std::string_view second_parameter = {};
  // For 405 and OPTIONS: the methods that the path does have, e.g. "GET, HEAD, OPTIONS". Empty when
  // there is no such path.
  std::string allow;
  // Of that path, whatever the method; nullptr when there is no such path.
  const Route* any_route = nullptr;
};

// The path as a proxy that strips /api asks for it; empty when the route has no such alias.
std::string_view AliasOf(const Route& route);

// Built once; looked up by many threads. No regular expressions: a fixed path is one hash look-up,
// and the few patterns with parameters are compared segment by segment.
class Router {
 public:
  // `routes` must outlive the router. Throws std::invalid_argument for a pattern with three
  // parameters or a route listed twice: mistakes of ours that must stop the program at its start.
  explicit Router(std::span<const Route> routes);

  // HEAD finds the GET route.
  Match Find(std::string_view method, std::string_view path) const;

 private:
  // The routes of one path, one per method.
  using Methods = std::vector<const Route*>;
  struct Pattern {
    // Empty where any will do.
    std::vector<std::string> segments;
    Methods methods;
  };

  void Add(std::string_view pattern, const Route& route);
  const Methods* FindPath(std::string_view path, Match& match) const;
  static bool Fits(const Pattern& pattern, std::string_view path, Match& match);

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, Methods, Hash, std::equal_to<>> fixed_;
  std::vector<Pattern> patterns_;
};

}  // namespace fsft::gateway
