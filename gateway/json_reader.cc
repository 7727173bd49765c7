#include "gateway/json_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "shared/rpc/status.h"

namespace fsft::gateway {
namespace {

using nlohmann::json;

constexpr int kMaxNesting = 16;

// Looked at before parsing, because a parsed tree of a million brackets costs a hundred times its
// text.
bool NestedTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxNesting) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

absl::Status Malformed() {
  return rpc::Error(absl::StatusCode::kInvalidArgument, "malformed_json",
                    "The body must be a JSON object.");
}

}  // namespace

absl::StatusOr<JsonReader> JsonReader::Parse(std::string_view text) {
  if (NestedTooDeep(text)) return Malformed();
  json object = json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  // "discarded", which is what a text that is no JSON becomes, is no object either.
  if (!object.is_object()) return Malformed();
  return JsonReader(std::move(object));
}

JsonReader::JsonReader(json object) : object_(std::make_unique<json>(std::move(object))) {}
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader::~JsonReader() = default;

const json* JsonReader::Find(std::string_view field) const {
  const auto found = object_->find(field);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

bool JsonReader::Has(std::string_view field) const { return Find(field) != nullptr; }

bool JsonReader::Names(std::string_view field) const {
  return object_->contains(std::string(field));
}

std::string JsonReader::String(std::string_view field) {
  const json* value = Find(field);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    AddViolation(field, "wrong_type", "Must be a string.");
    return {};
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.find('\0') != std::string::npos) {
    AddViolation(field, "invalid_character", "Must not contain the character NUL.");
    return {};
  }
  return text;
}

bool JsonReader::Bool(std::string_view field) {
  const json* value = Find(field);
  if (value == nullptr) return false;
  if (!value->is_boolean()) {
    AddViolation(field, "wrong_type", "Must be true or false.");
    return false;
  }
  return value->get<bool>();
}

std::optional<int64_t> JsonReader::Integer(std::string_view field) {
  const json* value = Find(field);
  if (value == nullptr) return std::nullopt;
  // What does not fit into 64 bits was read as another kind of number.
  if (!value->is_number_integer() ||
      (value->is_number_unsigned() && value->get<uint64_t>() > uint64_t{INT64_MAX})) {
    AddViolation(field, "wrong_type", "Must be a whole number.");
    return std::nullopt;
  }
  return value->get<int64_t>();
}

std::vector<std::string> JsonReader::Strings(std::string_view field) {
  const json* value = Find(field);
  if (value == nullptr) return {};
  const bool fits =
      value->is_array() &&
      std::all_of(value->begin(), value->end(), [](const json& item) { return item.is_string(); });
  if (!fits) {
    AddViolation(field, "wrong_type", "Must be a list of strings.");
    return {};
  }
  return value->get<std::vector<std::string>>();
}

void JsonReader::AddViolation(std::string_view field, std::string_view code,
                              std::string_view message) {
  violations_.push_back(rpc::Violation(field, code, message));
}

absl::Status JsonReader::status() const {
  if (violations_.empty()) return absl::OkStatus();
  return rpc::WithViolations(rpc::Error(absl::StatusCode::kInvalidArgument, "validation_failed"),
                             violations_);
}

}  // namespace fsft::gateway
