#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tests/sandbox/json.h"
#include "tests/sandbox/stripe/params.h"

namespace fsft::sandbox::stripe {

// One page of a list, newest first: limit, starting_after, ending_before, created[gt|gte|lt|lte].
struct PageRequest {
  int64_t limit = 10;
  std::optional<std::string> starting_after;
  std::optional<std::string> ending_before;
  std::optional<int64_t> created_at_least;
  std::optional<int64_t> created_at_most;
};

// Refuses (throws Refusal) limits outside 1 to 100. The caller has checked the names.
PageRequest ParsePage(const Params& query);

// Objects of one kind in the order of their creation. Not thread-safe.
class Collection {
 public:
  using Filter = std::function<bool(const Json&)>;

  Json& Insert(Json object);
  Json* Find(const std::string& id);
  size_t size() const { return objects_.size(); }

  // Stripe's list object. Refuses a cursor that is nobody's id. `url` is what it calls itself.
  Json List(const std::string& url, const PageRequest& page, const Filter& filter) const;

 private:
  size_t PositionOf(const std::string& id, const char* param) const;
  Json Page(const PageRequest& page, const Filter& filter, bool& has_more) const;

  // Pointers to the objects are given out, so growing must not move them.
  std::vector<std::unique_ptr<Json>> objects_;
  std::unordered_map<std::string, size_t> positions_;
};

}  // namespace fsft::sandbox::stripe
