#include "tests/bench/load/requests.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace fsft::bench {

absl::StatusOr<Requests> Requests::Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Requests requests;
  std::string& text = requests.text_;
  text.assign(std::istreambuf_iterator<char>(file), {});
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + at, end, length);
    if (error != std::errc{} || rest == end || *rest != '\n') break;
    const size_t start = rest + 1 - text.data();
    if (length > text.size() - start) break;
    requests.places_.push_back({start, length});
    at = start + length;
    if (at == text.size()) return requests;
  }
  return absl::InvalidArgumentError(absl::StrCat("no file of requests: ", path));
}

}  // namespace fsft::bench
