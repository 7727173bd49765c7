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
  // The {parameter}'s value; a view into the path that was asked for.
  std::string_view parameter;
  // For 405: the methods that the path does have, e.g. "GET, HEAD". Empty when there is no such
  // path.
  std::string allow;
};

// Built once; looked up by many threads. No regular expressions: a fixed path is one hash look-up,
// and the few patterns with a parameter are compared by prefix and suffix.
class Router {
 public:
  // `routes` must outlive the router. Throws std::invalid_argument for a pattern with two
  // parameters or a route listed twice: mistakes of ours that must stop the program at its start.
  explicit Router(std::span<const Route> routes);

  // HEAD finds the GET route.
  Match Find(std::string_view method, std::string_view path) const;

 private:
  // The routes of one path, one per method.
  using Methods = std::vector<const Route*>;
  struct Pattern {
    std::string prefix;
    std::string suffix;
    Methods methods;
  };

  void Add(std::string_view pattern, const Route& route);
  const Methods* FindPath(std::string_view path, std::string_view* parameter) const;

  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, Methods, Hash, std::equal_to<>> fixed_;
  std::vector<Pattern> patterns_;
};

}  // namespace fsft::gateway
