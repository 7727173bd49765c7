#pragma once

#include <iosfwd>
#include <string>
#include <utility>

namespace fsft::config {

// A value that must not end up in a log, an error or a test's output by accident: only Reveal()
// gives it away, and that word is easy to search for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

// Prints "(secret)" or "(empty)". Without it GoogleTest would print the object's bytes.
std::ostream& operator<<(std::ostream& out, const Secret& secret);

}  // namespace fsft::config
