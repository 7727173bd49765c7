#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "services/intake/registry/entries.h"

namespace fsft::intake {

// Reads one object of the registry's file and notes what is wrong with it. A name that nobody asked
// for is a problem too: a misspelt flag would otherwise be no flag.
class JsonObject {
 public:
  // Value and problems outlive the reader. `prefix` stands before the names of fields.
  JsonObject(const nlohmann::json& value, std::string row, Problems& problems,
             std::string prefix = "");

  const std::string& row() const { return row_; }
  bool Has(const std::string& name) const;

  // Where the value is missing or of another type, these note it and answer an empty one.
  std::string Text(const std::string& name);
  int Number(const std::string& name);
  std::vector<std::string> Texts(const std::string& name);
  const nlohmann::json& List(const std::string& name);
  // Absent is empty, or false.
  std::string OptionalText(const std::string& name);
  bool OptionalFlag(const std::string& name);
  std::vector<std::string> OptionalTexts(const std::string& name);
  // Must be there, and may be null, which answers an empty text.
  std::string TextOrNull(const std::string& name);
  const nlohmann::json& Object(const std::string& name);

  void Add(const std::string& reason);
  // Notes the names that were not asked for.
  void Finish();

 private:
  using Type = nlohmann::json::value_t;
  // Null when it is missing or of another type.
  const nlohmann::json* Find(const std::string& name, Type type);

  const nlohmann::json& value_;
  const std::string row_;
  const std::string prefix_;
  Problems& problems_;
  std::set<std::string> asked_;
};

}  // namespace fsft::intake
