#include "services/payment/stripe_json.h"

#include <new>

#include "shared/ids/uuid.h"

namespace fsft::payment {

namespace dom = simdjson::dom;

StripeObject::StripeObject(dom::element value) {
  dom::object object;
  if (value.get(object) == simdjson::SUCCESS) object_ = object;
}

template <class T>
std::optional<T> StripeObject::Get(std::string_view name) const {
  T value;
  if (!object_ || object_->at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::string StripeObject::Text(std::string_view name) const {
  const std::string_view text = Get<std::string_view>(name).value_or("");
  return text.find('\0') == text.npos ? std::string(text) : "";
}

int64_t StripeObject::Integer(std::string_view name) const {
  return Get<int64_t>(name).value_or(0);
}

std::optional<bool> StripeObject::Flag(std::string_view name) const { return Get<bool>(name); }

StripeObject StripeObject::Object(std::string_view name) const {
  StripeObject object;
  object.object_ = Get<dom::object>(name);
  return object;
}

std::optional<std::vector<StripeObject>> StripeObject::Objects(std::string_view name) const {
  const std::optional<dom::array> array = Get<dom::array>(name);
  if (!array) return std::nullopt;
  return std::vector<StripeObject>(array->begin(), array->end());
}

std::string StripeObject::LinkedId(std::string_view name) const {
  const std::string id = Text(name);
  return id.empty() ? Object(name).Text("id") : id;
}

std::string StripeObject::OurId(std::string_view name) const {
  std::string id = Object("metadata").Text(name);
  return ids::IsUuid(id) ? id : "";
}

StripeDocument::StripeDocument(std::string_view body) {
  dom::element root;
  const simdjson::error_code error = parser_.parse(body.data(), body.size()).get(root);
  // Our trouble, not the body's.
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error == simdjson::SUCCESS) root_ = StripeObject(root);
}

}  // namespace fsft::payment
