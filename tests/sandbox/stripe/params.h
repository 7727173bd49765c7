#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/json.h"

namespace fsft::sandbox::stripe {

// Reads one level of a decoded form, and refuses (throws Refusal) what Stripe would refuse, naming
// the parameter as Stripe does: "line_items[0][price_data][currency]". The tree must outlive this.
class Params {
 public:
  explicit Params(const Json& tree, std::string path = "") : tree_(tree), path_(std::move(path)) {}

  // Stripe refuses a parameter that it does not know, so must everything that stands in for it: a
  // misspelt one would otherwise be found in production.
  void AllowOnly(std::initializer_list<std::string_view> names) const;

  bool Has(const std::string& name) const { return Find(name) != nullptr; }
  std::string String(const std::string& name) const;  // required, not empty
  std::optional<std::string> OptionalString(const std::string& name) const;
  std::optional<int64_t> OptionalInteger(const std::string& name) const;
  std::optional<bool> OptionalBool(const std::string& name) const;
  std::optional<std::string> OneOf(const std::string& name,
                                   std::initializer_list<std::string_view> values) const;
  std::vector<std::string> Strings(const std::string& name) const;  // empty when absent
  // At most 50 pairs, names of 40 and values of 500 characters; {} when absent.
  Json Metadata(const std::string& name = "metadata") const;

  // Empty when absent.
  std::optional<Params> Child(const std::string& name) const;
  std::vector<Params> List(const std::string& name) const;

  // How Stripe writes that parameter.
  std::string NameOf(const std::string& name) const;

 private:
  const Json* Find(const std::string& name) const;
  const std::string& Text(const std::string& name, const Json& value) const;

  const Json& tree_;
  std::string path_;
};

}  // namespace fsft::sandbox::stripe
