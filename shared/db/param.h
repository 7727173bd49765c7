#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fsft::db {

// A named value for one call. Text is referred to, not copied: it must live until the call returns,
// which a temporary in the same expression does.
class Param {
 public:
  Param(std::string_view name, std::string_view text) : name_(name), text_(text) {}
  Param(std::string_view name, const std::string& text) : name_(name), text_(text) {}
  Param(std::string_view name, const char* text) : name_(name), text_(text) {}
  Param(std::string_view name, int64_t number) : Param(name, Owned{std::to_string(number)}) {}
  Param(std::string_view name, int number) : Param(name, static_cast<int64_t>(number)) {}
  Param(std::string_view name, bool flag) : name_(name), text_(flag ? "true" : "false") {}
  Param(std::string_view name, std::nullopt_t) : name_(name), null_(true) {}
  Param(std::string_view name, std::chrono::system_clock::time_point time);

  // Bytes for CAST(:x AS bytea); an empty string is an empty bytea.
  static Param Bytes(std::string_view name, std::string_view bytes);
  // NULL when empty.
  static Param BytesOrNull(std::string_view name, std::string_view bytes);
  static Param TextOrNull(std::string_view name, std::string_view text);
  // For CAST(:x AS uuid[]) and the like; the elements are quoted.
  static Param Array(std::string_view name, std::span<const std::string> elements);
  static Param Array(std::string_view name, std::span<const int64_t> elements);
  // For CAST(:x AS bytea[]).
  static Param BytesArray(std::string_view name, std::span<const std::string> elements);

  std::string_view name() const { return name_; }
  bool null() const { return null_; }
  std::string_view text() const { return owned_.empty() ? text_ : std::string_view(owned_); }

 private:
  struct Owned {
    std::string text;
  };
  Param(std::string_view name, Owned owned) : name_(name), owned_(std::move(owned.text)) {}

  std::string_view name_;
  std::string_view text_;
  std::string owned_;
  bool null_ = false;
};

using Params = std::initializer_list<Param>;

}  // namespace fsft::db
