#include "services/payment/stripe_json.h"

#include <nlohmann/json.hpp>

#include "shared/ids/uuid.h"

namespace fsft::payment {

using nlohmann::json;

std::string TextOf(const json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string()) return "";
  const auto& text = field->get_ref<const std::string&>();
  return text.find('\0') == std::string::npos ? text : "";
}

int64_t IntegerOf(const json& object, const char* name) {
  if (!object.is_object()) return 0;
  const auto field = object.find(name);
  return field != object.end() && field->is_number_integer() ? field->get<int64_t>() : 0;
}

const json& ObjectOf(const json& object, const char* name) {
  static const json& empty = *new json(json::object());
  if (!object.is_object()) return empty;
  const auto field = object.find(name);
  return field != object.end() && field->is_object() ? *field : empty;
}

std::string LinkedIdOf(const json& object, const char* name) {
  const std::string id = TextOf(object, name);
  return id.empty() ? TextOf(ObjectOf(object, name), "id") : id;
}

std::string OurIdOf(const json& object, const char* name) {
  std::string id = TextOf(ObjectOf(object, "metadata"), name);
  return ids::IsUuid(id) ? id : "";
}

}  // namespace fsft::payment
