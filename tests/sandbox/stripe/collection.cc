#include "tests/sandbox/stripe/collection.h"

#include <algorithm>
#include <utility>

#include "tests/sandbox/stripe/errors.h"

namespace fsft::sandbox::stripe {
namespace {

bool Within(const Json& object, const PageRequest& page) {
  const int64_t created = object["created"];
  return (!page.created_at_least || created >= *page.created_at_least) &&
         (!page.created_at_most || created <= *page.created_at_most);
}

void ParseCreated(const Params& query, PageRequest& page) {
  const std::optional<Params> created = query.Child("created");
  if (!created) return;
  created->AllowOnly({"gt", "gte", "lt", "lte"});
  page.created_at_least = created->OptionalInteger("gte");
  page.created_at_most = created->OptionalInteger("lte");
  if (const auto after = created->OptionalInteger("gt")) page.created_at_least = *after + 1;
  if (const auto before = created->OptionalInteger("lt")) page.created_at_most = *before - 1;
}

}  // namespace

PageRequest ParsePage(const Params& query) {
  PageRequest page;
  page.limit = query.OptionalInteger("limit").value_or(10);
  if (page.limit < 1 || page.limit > 100) {
    RefuseInvalid("limit", "Invalid integer: limit must be between 1 and 100",
                  "parameter_invalid_integer");
  }
  page.starting_after = query.OptionalString("starting_after");
  page.ending_before = query.OptionalString("ending_before");
  if (page.starting_after && page.ending_before) {
    RefuseInvalid("ending_before", "You can't pass both starting_after and ending_before.");
  }
  ParseCreated(query, page);
  return page;
}

// A page is found by walking: lists are asked for rarely, by reconcilers and tests, and mostly for
// the newest objects.
Json& Collection::Insert(Json object) {
  positions_[object["id"].get<std::string>()] = objects_.size();
  objects_.push_back(std::make_unique<Json>(std::move(object)));
  return *objects_.back();
}

Json* Collection::Find(const std::string& id) {
  const auto found = positions_.find(id);
  return found == positions_.end() ? nullptr : objects_[found->second].get();
}

size_t Collection::PositionOf(const std::string& id, const char* param) const {
  const auto found = positions_.find(id);
  if (found == positions_.end()) RefuseNoSuch("object", id, param);
  return found->second;
}

// Positions count up with age going down, so a page walks down from `starting_after`, or up from
// `ending_before` and is then turned round.
Json Collection::Page(const PageRequest& page, const Filter& filter, bool& has_more) const {
  const bool upwards = page.ending_before.has_value();
  size_t from = objects_.size();  // walking down: exclusive
  if (page.starting_after) from = PositionOf(*page.starting_after, "starting_after");
  if (upwards) from = PositionOf(*page.ending_before, "ending_before") + 1;
  Json data = Json::array();
  has_more = false;
  for (size_t at = from; upwards ? at < objects_.size() : at > 0; upwards ? ++at : --at) {
    const Json& object = *objects_[upwards ? at : at - 1];
    if (!Within(object, page) || !filter(object)) continue;
    has_more = data.size() == static_cast<size_t>(page.limit);
    if (has_more) break;
    data.push_back(object);
  }
  if (upwards) std::reverse(data.begin(), data.end());
  return data;
}

Json Collection::List(const std::string& url, const PageRequest& page, const Filter& filter) const {
  bool has_more = false;
  Json data = Page(page, filter, has_more);
  return {{"object", "list"}, {"url", url}, {"has_more", has_more}, {"data", std::move(data)}};
}

}  // namespace fsft::sandbox::stripe
