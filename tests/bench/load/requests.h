#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace fsft::bench {

// HTTP requests, prepared to the last byte by whoever measures, so that sending one costs next to
// nothing. Each stands in the file as its length in decimal, a line feed, and its bytes.
class Requests {
 public:
  // INVALID_ARGUMENT: no such file, or none that was written so.
  static absl::StatusOr<Requests> Read(const std::string& path);

  size_t size() const { return places_.size(); }
  std::string_view operator[](size_t index) const {
    const auto [start, length] = places_[index];
    return std::string_view(text_).substr(start, length);
  }

 private:
  struct Place {
    size_t start;
    size_t length;
  };

  // Places and not views: a string that moves may take its bytes along.
  std::string text_;
  std::vector<Place> places_;
};

}  // namespace fsft::bench
