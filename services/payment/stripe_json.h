#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How we read what Stripe sends. Absent, null and of another type are all "not there": Stripe adds
// fields and expands them as it likes. An integer that has no place in 64 bits makes the whole body
// none, and so does what is nested a thousand times; Stripe sends neither.
namespace fsft::payment {

// An object in a StripeDocument, which outlives it, or one that is not there and has no fields.
class StripeObject {
 public:
  StripeObject() = default;
  explicit StripeObject(simdjson::dom::element value);

  bool is_there() const { return object_.has_value(); }

  // Empty when it is not there, or has a zero byte, which no database takes.
  std::string Text(std::string_view name) const;
  // Zero when it is not there.
  int64_t Integer(std::string_view name) const;
  std::optional<bool> Flag(std::string_view name) const;
  StripeObject Object(std::string_view name) const;
  // The elements of an array; those that are no objects are not there.
  std::optional<std::vector<StripeObject>> Objects(std::string_view name) const;

  // The id of a linked object, which Stripe sends as its id, or whole when it is expanded.
  std::string LinkedId(std::string_view name) const;
  // One of the ids that we have put into the metadata; empty unless it is a UUID.
  std::string OurId(std::string_view name) const;

 private:
  // Empty when it is not there, or is no T.
  template <class T>
  std::optional<T> Get(std::string_view name) const;

  std::optional<simdjson::dom::object> object_;
};

// A whole body. Stays where it is: its objects point into it.
class StripeDocument {
 public:
  explicit StripeDocument(std::string_view body);
  StripeDocument(const StripeDocument&) = delete;
  StripeDocument& operator=(const StripeDocument&) = delete;

  // Not there when the body is no JSON object.
  const StripeObject& root() const { return root_; }

 private:
  simdjson::dom::parser parser_;
  StripeObject root_;
};

}  // namespace fsft::payment
