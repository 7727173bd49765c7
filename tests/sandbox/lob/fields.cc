#include "tests/sandbox/lob/fields.h"

#include <algorithm>

#include "tests/sandbox/lob/errors.h"

namespace fsft::sandbox::lob {

size_t Length(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

std::string Fields::NameOf(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

const Json* Fields::Find(const std::string& name) const {
  const auto found = tree_.find(name);
  return found == tree_.end() || found->is_null() ? nullptr : &*found;
}

void Fields::AllowOnly(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : tree_.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      RefuseInvalid("\"" + NameOf(name) + "\" is not allowed");
    }
  }
}

std::optional<std::string> Fields::OptionalString(const std::string& name, size_t longest) const {
  const Json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) RefuseInvalid(NameOf(name) + " must be a string");
  const std::string& text = value->get_ref<const std::string&>();
  if (Length(text) > longest) {
    RefuseInvalid(NameOf(name) + " length must be less than or equal to " +
                  std::to_string(longest) + " characters long");
  }
  return text;
}

std::string Fields::String(const std::string& name, size_t longest) const {
  const std::optional<std::string> text = OptionalString(name, longest);
  if (!text || text->empty()) RefuseInvalid(NameOf(name) + " is required");
  return *text;
}

std::optional<bool> Fields::OptionalBool(const std::string& name) const {
  const Json* value = Find(name);
  if (value == nullptr) return std::nullopt;
  if (*value == true || *value == "true") return true;
  if (*value == false || *value == "false") return false;
  RefuseInvalid(NameOf(name) + " must be a boolean");
}

std::optional<std::string> Fields::OneOf(const std::string& name,
                                         std::initializer_list<std::string_view> values) const {
  std::optional<std::string> value = OptionalString(name, 100);
  if (!value || std::find(values.begin(), values.end(), *value) != values.end()) return value;
  std::string listed;
  for (const std::string_view choice : values) {
    listed += (listed.empty() ? "" : ", ") + std::string(choice);
  }
  RefuseInvalid(NameOf(name) + " must be one of [" + listed + "]");
}

}  // namespace fsft::sandbox::lob
