#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "shared/logging/logging.h"

namespace fsft::logging {

// One JSON object on one line, built member by member. Whatever the bytes of a text, the line is
// valid JSON in valid UTF-8: a log that cannot be parsed hides exactly the request that somebody
// tampered with. Internal to this folder.
class JsonLine {
 public:
  // What is longer is cut: a log line is no place for a body.
  static constexpr size_t kLongestText = 8'192;

  JsonLine();
  void Add(std::string_view name, const Field::Value& value);
  std::string Finish() &&;  // with the line end

 private:
  std::string text_;
};

}  // namespace fsft::logging
