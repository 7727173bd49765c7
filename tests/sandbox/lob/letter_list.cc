// The part of Letters that searches and pages.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "shared/http/client.h"
#include "tests/sandbox/lob/dates.h"
#include "tests/sandbox/lob/errors.h"
#include "tests/sandbox/lob/fields.h"
#include "tests/sandbox/lob/letters.h"

namespace fsft::sandbox::lob {
namespace {

constexpr const char* kCursorPrefix = "after-";

size_t ParseLimit(const Fields& query) {
  const std::string text = query.OptionalString("limit", 10).value_or("10");
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  const int limit = number ? std::stoi(text.substr(0, 6)) : 0;
  if (limit < 1 || limit > 100) RefuseInvalid("limit must be an integer from 1 to 100");
  return static_cast<size_t>(limit);
}

// Brackets, as Lob documents it, or JSON in one text, as Lob's SDK sends it.
Json ObjectOf(const Json& query, const std::string& name) {
  Json value = query.value(name, Json::object());
  if (value.is_string()) value = Json::parse(value.get<std::string>(), nullptr, false);
  if (!value.is_object()) RefuseInvalid(name + " must be an object");
  return value;
}

bool WithinDates(time::TimePoint when, const Json& filter) {
  for (const auto& [name, value] : filter.items()) {
    const auto bound = value.is_string() ? ParseDate(value) : std::nullopt;
    if (!bound) RefuseInvalid("date_created." + name + " must be a valid date");
    bool holds = false;
    if (name == "gt")
      holds = when > *bound;
    else if (name == "gte")
      holds = when >= *bound;
    else if (name == "lt")
      holds = when < *bound;
    else if (name == "lte")
      holds = when <= *bound;
    else
      RefuseInvalid("\"date_created." + name + "\" is not allowed");
    if (!holds) return false;
  }
  return true;
}

// The wanted pairs, all of which must be there.
bool HasPairs(const Json& metadata, const Json& wanted) {
  for (const auto& [name, value] : wanted.items()) {
    const auto found = metadata.find(name);
    if (found == metadata.end() || *found != value) return false;
  }
  return true;
}

bool IsWantedText(const Json& object, const Json& query, const char* name) {
  const auto wanted = query.find(name);
  if (wanted == query.end()) return true;
  const Json& value = object[name];
  return value.is_boolean() ? *wanted == (value.get<bool>() ? "true" : "false") : *wanted == value;
}

// Flattens a tree back into bracketed parameters, for the links to the other pages.
void Flatten(const Json& node, const std::string& name, std::string& out) {
  if (node.is_structured()) {
    for (const auto& [key, child] : node.items())
      Flatten(child, absl::StrCat(name, "[", key, "]"), out);
    return;
  }
  absl::StrAppend(&out, "&", http::PercentEncode(name), "=",
                  http::PercentEncode(node.get<std::string>()));
}

std::string PageUrl(const std::string& public_url, const Json& query, const char* direction,
                    const std::string& id) {
  std::string rest;
  for (const auto& [name, value] : query.items()) {
    if (name != "before" && name != "after") Flatten(value, name, rest);
  }
  return absl::StrCat(public_url, "/lob/v1/letters?", direction, "=", kCursorPrefix, id, rest);
}

}  // namespace

bool Letters::IsListed(const Letter& letter) const {
  return clock_.Now() - letter.created >= behaviour_.list_lag;
}

// Newest first, all at once and then cut into a page: what matters is that a letter is found at its
// place while others arrive, not how fast.
Json Letters::List(const Json& query) {
  const Fields fields(query);
  fields.AllowOnly({"limit", "before", "after", "include", "date_created", "metadata", "color",
                    "mail_type", "status", "scheduled", "send_date", "sort_by"});
  const Json dates = ObjectOf(query, "date_created");
  const Json metadata = ObjectOf(query, "metadata");
  std::vector<const Letter*> matching;  // newest first
  const std::lock_guard lock(mutex_);
  for (auto at = letters_.rbegin(); at != letters_.rend(); ++at) {
    const Letter& letter = **at;
    if (IsListed(letter) && HasPairs(letter.object["metadata"], metadata) &&
        WithinDates(letter.created, dates) && IsWantedText(letter.object, query, "mail_type") &&
        IsWantedText(letter.object, query, "color") &&
        IsWantedText(letter.object, query, "status")) {
      matching.push_back(&letter);
    }
  }
  return Page(matching, query);
}

Json Letters::Page(const std::vector<const Letter*>& matching, const Json& query) const {
  const Fields fields(query);
  const size_t limit = ParseLimit(fields);
  const auto position = [&](const char* name, size_t otherwise) {
    const auto cursor = fields.OptionalString(name, 200);
    if (!cursor) return otherwise;
    for (size_t i = 0; i < matching.size(); ++i) {
      if (kCursorPrefix + matching[i]->object["id"].get<std::string>() == *cursor) return i;
    }
    RefuseInvalid(std::string(name) + " is not a cursor of this list");
  };
  size_t begin = 0;
  if (fields.Find("after") != nullptr) begin = position("after", 0) + 1;
  if (fields.Find("before") != nullptr) {
    const size_t end = position("before", 0);
    begin = end > limit ? end - limit : 0;
  }
  const size_t end = std::min(begin + limit, matching.size());
  Json data = Json::array();
  for (size_t i = begin; i < end; ++i) data.push_back(matching[i]->object);
  Json list = {
      {"object", "list"}, {"count", data.size()}, {"next_url", nullptr}, {"previous_url", nullptr}};
  if (end < matching.size() && end > begin) {
    list["next_url"] = PageUrl(public_url_, query, "after", data.back()["id"]);
  }
  if (begin > 0 && end > begin) {
    list["previous_url"] = PageUrl(public_url_, query, "before", data.front()["id"]);
  }
  if (query.contains("include")) list["total_count"] = matching.size();
  list["data"] = std::move(data);
  return list;
}

}  // namespace fsft::sandbox::lob
