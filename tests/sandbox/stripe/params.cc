#include "tests/sandbox/stripe/params.h"

#include <algorithm>
#include <charconv>

#include "tests/sandbox/stripe/errors.h"

namespace fsft::sandbox::stripe {
namespace {

constexpr size_t kMaxMetadata = 50;
constexpr size_t kMaxMetadataName = 40;
constexpr size_t kMaxMetadataValue = 500;

bool Contains(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Listed(std::initializer_list<std::string_view> values) {
  std::string text;
  for (const std::string_view value : values) {
    text += (text.empty() ? "" : ", ") + std::string(value);
  }
  return text;
}

}  // namespace

std::string Params::NameOf(const std::string& name) const {
  return path_.empty() ? name : path_ + "[" + name + "]";
}

const Json* Params::Find(const std::string& name) const {
  if (!tree_.is_object()) return nullptr;
  const auto found = tree_.find(name);
  return found == tree_.end() ? nullptr : &*found;
}

const std::string& Params::Text(const std::string& name, const Json& value) const {
  if (!value.is_string()) RefuseInvalid(NameOf(name), "Invalid string: " + value.dump());
  return value.get_ref<const std::string&>();
}

void Params::AllowOnly(std::initializer_list<std::string_view> names) const {
  if (!tree_.is_object()) RefuseInvalid(path_, "Invalid object");
  for (const auto& [name, value] : tree_.items()) {
    if (Contains(names, name)) continue;
    // Removed from Checkout with 2026-09-30.endive, and still in most examples.
    const bool renamed =
        name == "payment_method_types" && Contains(names, "allowed_payment_method_types");
    RefuseUnknown(NameOf(name), renamed ? "allowed_payment_method_types" : "");
  }
}

std::optional<std::string> Params::OptionalString(const std::string& name) const {
  const Json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  return Text(name, *value);
}

std::string Params::String(const std::string& name) const {
  const std::optional<std::string> value = OptionalString(name);
  if (!value) RefuseMissing(NameOf(name));
  if (value->empty()) {
    RefuseInvalid(NameOf(name),
                  "You passed an empty string for '" + NameOf(name) +
                      "'. We assume empty values are an attempt to unset a parameter; however '" +
                      NameOf(name) + "' cannot be unset.",
                  "parameter_invalid_empty");
  }
  return *value;
}

std::optional<int64_t> Params::OptionalInteger(const std::string& name) const {
  const std::optional<std::string> text = OptionalString(name);
  if (!text) return std::nullopt;
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (problem != std::errc() || end != text->data() + text->size()) {
    RefuseInvalid(NameOf(name), "Invalid integer: " + *text, "parameter_invalid_integer");
  }
  return value;
}

std::optional<bool> Params::OptionalBool(const std::string& name) const {
  const std::optional<std::string> text = OptionalString(name);
  if (!text) return std::nullopt;
  if (*text != "true" && *text != "false") {
    RefuseInvalid(NameOf(name), "Invalid boolean: " + *text);
  }
  return *text == "true";
}

std::optional<std::string> Params::OneOf(const std::string& name,
                                         std::initializer_list<std::string_view> values) const {
  std::optional<std::string> value = OptionalString(name);
  if (value && !Contains(values, *value)) {
    RefuseInvalid(NameOf(name), "Invalid " + NameOf(name) + ": must be one of " + Listed(values));
  }
  return value;
}

std::vector<std::string> Params::Strings(const std::string& name) const {
  const Json* list = Find(name);
  if (list == nullptr) return {};
  if (!list->is_array()) RefuseInvalid(NameOf(name), "Invalid array");
  std::vector<std::string> values;
  for (const Json& value : *list) values.push_back(Text(name, value));
  return values;
}

Json Params::Metadata(const std::string& name) const {
  const Json* pairs = Find(name);
  if (pairs == nullptr) return Json::object();
  if (!pairs->is_object()) RefuseInvalid(NameOf(name), "Invalid hash");
  if (pairs->size() > kMaxMetadata) {
    RefuseInvalid(NameOf(name), "You may only specify up to 50 metadata keys");
  }
  for (const auto& [key, value] : pairs->items()) {
    const std::string param = NameOf(name) + "[" + key + "]";
    if (!value.is_string()) RefuseInvalid(param, "Metadata values must be strings");
    if (key.size() > kMaxMetadataName) {
      RefuseInvalid(param, "Metadata keys can have up to 40 characters");
    }
    if (value.get_ref<const std::string&>().size() > kMaxMetadataValue) {
      RefuseInvalid(param, "Metadata values can have up to 500 characters");
    }
  }
  return *pairs;
}

std::optional<Params> Params::Child(const std::string& name) const {
  const Json* child = Find(name);
  if (child == nullptr) return std::nullopt;
  if (!child->is_object()) RefuseInvalid(NameOf(name), "Invalid object");
  return Params(*child, NameOf(name));
}

std::vector<Params> Params::List(const std::string& name) const {
  const Json* list = Find(name);
  if (list == nullptr) return {};
  if (!list->is_array()) RefuseInvalid(NameOf(name), "Invalid array");
  std::vector<Params> children;
  for (size_t i = 0; i < list->size(); ++i) {
    children.emplace_back((*list)[i], NameOf(name) + "[" + std::to_string(i) + "]");
  }
  return children;
}

}  // namespace fsft::sandbox::stripe
