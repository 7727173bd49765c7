#include "services/intake/registry/json_object.h"

#include <limits>

namespace fsft::intake {

namespace {

using nlohmann::json;

const json kNothing;

std::string NameOf(json::value_t type) {
  switch (type) {
    case json::value_t::string:
      return "a text";
    case json::value_t::number_unsigned:
      return "a whole number";
    case json::value_t::boolean:
      return "true or false";
    case json::value_t::array:
      return "a list";
    default:
      return "an object";
  }
}

}  // namespace

JsonObject::JsonObject(const json& value, std::string row, Problems& problems, std::string prefix)
    : value_(value.is_object() ? value : kNothing),
      row_(std::move(row)),
      prefix_(std::move(prefix)),
      problems_(problems) {
  if (!value.is_object()) Add("must be an object");
}

bool JsonObject::Has(const std::string& name) const { return value_.contains(name); }

std::string JsonObject::Text(const std::string& name) {
  const json* value = Find(name, Type::string);
  if (value == nullptr) return "";
  std::string text = value->get<std::string>();
  if (text.empty()) Add(name + ": must not be empty");
  return text;
}

int JsonObject::Number(const std::string& name) {
  const json* value = Find(name, Type::number_unsigned);
  if (value == nullptr) return 0;
  const uint64_t number = value->get<uint64_t>();
  // Whoever checks the bounds refuses this one too.
  constexpr int kMost = std::numeric_limits<int>::max();
  return number > kMost ? kMost : static_cast<int>(number);
}

std::vector<std::string> JsonObject::Texts(const std::string& name) {
  std::vector<std::string> texts;
  for (const json& item : List(name)) {
    if (item.is_string()) {
      texts.push_back(item.get<std::string>());
    } else {
      Add(name + ": must be a list of texts");
    }
  }
  return texts;
}

const json& JsonObject::List(const std::string& name) {
  const json* value = Find(name, Type::array);
  if (value == nullptr) return kNothing;
  if (value->empty()) Add(name + ": must not be empty");
  return *value;
}

std::string JsonObject::OptionalText(const std::string& name) {
  return Has(name) ? Text(name) : "";
}

bool JsonObject::OptionalFlag(const std::string& name) {
  if (!Has(name)) return false;
  const json* value = Find(name, Type::boolean);
  return value != nullptr && value->get<bool>();
}

std::vector<std::string> JsonObject::OptionalTexts(const std::string& name) {
  return Has(name) ? Texts(name) : std::vector<std::string>();
}

std::string JsonObject::TextOrNull(const std::string& name) {
  if (Has(name) && value_[name].is_null()) {
    asked_.insert(name);
    return "";
  }
  return Text(name);
}

const json& JsonObject::Object(const std::string& name) {
  const json* value = Find(name, Type::object);
  return value == nullptr ? kNothing : *value;
}

void JsonObject::Add(const std::string& reason) {
  problems_.push_back({.row = row_, .reason = prefix_ + reason});
}

void JsonObject::Finish() {
  for (const auto& item : value_.items()) {
    if (!asked_.contains(item.key())) Add(item.key() + ": is no field of it");
  }
}

const json* JsonObject::Find(const std::string& name, Type type) {
  asked_.insert(name);
  const auto found = value_.find(name);
  if (found == value_.end()) {
    if (value_.is_object()) Add(name + ": is missing");
    return nullptr;
  }
  if (found->type() == type) return &*found;
  Add(name + ": must be " + NameOf(type));
  return nullptr;
}

}  // namespace fsft::intake
