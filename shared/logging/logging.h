#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "shared/logging/context.h"
#include "shared/logging/level.h"

// JSON lines on stderr, one write each:
//   {"time","severity","program","message","request_id","trace_id","payment_id", ...fields}
// Ids, codes, counts and durations may be logged. Personal data may not: no name, address,
// citation, letter or email.
namespace fsft::logging {

// Once, first thing in main: takes over glog, whose defaults (files under /tmp, a buffer of 30 s)
// are made for virtual machines. `program` must outlive the process, as a literal does.
void Init(const char* program, Level level);

// One named value of a line. Texts are not copied: a Field lives no longer than the call it is
// passed to.
class Field {
 public:
  using Value = std::variant<std::string_view, int64_t, uint64_t, double, bool>;

  Field(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  // Without this one a literal would rather become a bool.
  Field(std::string_view name, const char* value) : Field(name, std::string_view(value)) {}
  Field(std::string_view name, const std::string& value) : Field(name, std::string_view(value)) {}
  Field(std::string_view name, bool value) : name_(name), value_(value) {}
  Field(std::string_view name, std::signed_integral auto value)
      : name_(name), value_(static_cast<int64_t>(value)) {}
  Field(std::string_view name, std::unsigned_integral auto value)
      : name_(name), value_(static_cast<uint64_t>(value)) {}
  Field(std::string_view name, std::floating_point auto value)
      : name_(name), value_(static_cast<double>(value)) {}

  std::string_view name() const { return name_; }
  const Value& value() const { return value_; }

 private:
  std::string_view name_;
  Value value_;
};

using Fields = std::initializer_list<Field>;

// Whether a line of this level would be written. For callers whose fields are costly to make.
bool Enabled(Level level);

// Thread-safe. Never fails and never throws: a line that cannot be written is lost, the request
// goes on.
void Write(Level level, std::string_view message, Fields fields = {});

inline void Debug(std::string_view message, Fields fields = {}) {
  Write(Level::kDebug, message, fields);
}
inline void Info(std::string_view message, Fields fields = {}) {
  Write(Level::kInfo, message, fields);
}
inline void Warning(std::string_view message, Fields fields = {}) {
  Write(Level::kWarning, message, fields);
}
inline void Error(std::string_view message, Fields fields = {}) {
  Write(Level::kError, message, fields);
}

}  // namespace fsft::logging
