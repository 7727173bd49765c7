#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "shared/config/config.h"

// The table behind Config. Internal to this folder.
namespace fsft::config {

struct Range {
  long low;
  long high;
};

struct Shape {
  bool (*accepts)(std::string_view);
  std::string_view wanted;  // "must be …"
};

struct Field {
  using Member =
      std::variant<std::string Config::*, std::vector<std::string> Config::*, Secret Config::*,
                   std::vector<Secret> Config::*, bool Config::*, int Config::*, int64_t Config::*,
                   std::chrono::seconds Config::*, std::chrono::hours Config::*,
                   std::chrono::days Config::*, logging::Level Config::*, Retention Config::*>;
  using Rule = std::variant<std::monostate, Range, Shape>;

  std::string_view name;
  Member member;
  Rule rule;  // of each item, where the member is a list
  std::string_view help;

  bool IsSecret() const;
  bool IsSet(const Config& config) const;
  // As a person would write it; empty when not set. Secrets are not shown.
  std::string Show(const Config& config) const;
  // What a value must be, to follow "must be".
  std::string Wanted() const;
  // False, and nothing changed, when the text is not what it must be.
  bool Assign(std::string_view text, Config& config) const;
};

struct Group {
  std::string_view title;
  std::vector<Field> fields;
};

const std::vector<Group>& Groups();

// nullptr when there is none of that name.
const Field* FindField(std::string_view name);

}  // namespace fsft::config
