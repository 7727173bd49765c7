#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "tests/sandbox/json.h"

namespace fsft::sandbox::lob {

// Reads one level of a decoded body, and refuses (throws Refusal, 422) as Lob does. A form sends
// every value as text, a JSON body booleans and nulls as such: both read the same.
class Fields {
 public:
  explicit Fields(const Json& tree, std::string path = "") : tree_(tree), path_(std::move(path)) {}

  void AllowOnly(std::initializer_list<std::string_view> names) const;
  std::string String(const std::string& name, size_t longest) const;  // required, not empty
  std::optional<std::string> OptionalString(const std::string& name, size_t longest) const;
  std::optional<bool> OptionalBool(const std::string& name) const;
  std::optional<std::string> OneOf(const std::string& name,
                                   std::initializer_list<std::string_view> values) const;
  const Json* Find(const std::string& name) const;  // nullptr for null and absent
  std::string NameOf(const std::string& name) const;

 private:
  const Json& tree_;
  const std::string path_;
};

// Of UTF-8, in code points: the limits are on characters.
size_t Length(std::string_view text);

}  // namespace fsft::sandbox::lob
