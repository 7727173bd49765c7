// Strict reading of a JSON object into typed values.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "shared/rpc/status.h"

namespace fsft::gateway {

// Reads fields one by one and collects what is wrong with them, so that a customer sees all
// mistakes at once. Knows types only; what a value may be is the service's business. Unknown fields
// are ignored: existing frontends send more than we read.
class JsonReader {
 public:
  // INVALID_ARGUMENT "malformed_json" for what is not one JSON object in UTF-8, or is nested deeper
  // than 16 levels.
  static absl::StatusOr<JsonReader> Parse(std::string_view text);

  JsonReader(JsonReader&&) noexcept;
  ~JsonReader();

  // True when the field is there and not null.
  bool Has(std::string_view field) const;
  // True when the field is there; null means that it is to be empty.
  bool Names(std::string_view field) const;
  // The value; empty or false when the field is missing or null. A wrong type is a violation
  // "wrong_type", and so is a string with a NUL "invalid_character": no database text can hold one.
  std::string String(std::string_view field);
  bool Bool(std::string_view field);
  // Nothing when the field is missing or null; a number with a fraction is of the wrong type.
  std::optional<int64_t> Integer(std::string_view field);
  std::vector<std::string> Strings(std::string_view field);

  // For rules about a field's form that only the gateway can check.
  void AddViolation(std::string_view field, std::string_view code, std::string_view message);

  // OK, or INVALID_ARGUMENT "validation_failed" with all violations so far.
  absl::Status status() const;

 private:
  explicit JsonReader(nlohmann::json object);
  const nlohmann::json* Find(std::string_view field) const;

  std::unique_ptr<const nlohmann::json> object_;
  std::vector<rpc::FieldViolation> violations_;
};

}  // namespace fsft::gateway
