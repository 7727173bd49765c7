// The part of Account that puts objects in the place of their ids.
#include "tests/sandbox/stripe/account.h"
#include "tests/sandbox/stripe/errors.h"
#include "tests/sandbox/stripe/objects.h"

namespace fsft::sandbox::stripe {

Json Account::Resolve(const Json& owner, const std::string& field, const std::string& whole) {
  if (field == "line_items" && owner.value("object", "") == "checkout.session") {
    return LineItems(specs_[owner["id"]], owner["id"]);
  }
  const auto value = owner.find(field);
  if (value == owner.end()) {
    RefuseInvalid("", "This property cannot be expanded (" + whole + ").");
  }
  if (!value->is_string()) return *value;  // null, or expanded already
  for (Collection* collection : {&intents_, &charges_, &refunds_, &disputes_, &sessions_}) {
    if (const Json* object = collection->Find(*value)) return *object;
  }
  return *value;
}

void Account::ExpandOne(Json& object, const std::string& path, const std::string& whole) {
  if (object.is_array()) {
    for (Json& entry : object) ExpandOne(entry, path, whole);
    return;
  }
  if (!object.is_object()) return;
  const size_t dot = path.find('.');
  const std::string field = path.substr(0, dot);
  object[field] = Resolve(object, field, whole);
  if (dot != std::string::npos) ExpandOne(object[field], path.substr(dot + 1), whole);
}

void Account::Expand(Json& object, const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const std::string& path : paths) ExpandOne(object, path, path);
}

}  // namespace fsft::sandbox::stripe
