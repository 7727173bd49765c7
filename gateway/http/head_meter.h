// How much of a request's head is taken: httplib bounds each line and their number, which together
// allow 800 KiB a connection, and tells neither from nonsense.
#pragma once

#include <cstddef>

namespace fsft::gateway::http {

inline constexpr size_t kMostHeadBytes = 32 << 10;
inline constexpr size_t kMostHeaders = 100;
// Of the first line and of each header, with its CRLF.
inline constexpr size_t kLongestLine = 8 << 10;

class HeadMeter {
 public:
  // The next byte of the head. False when it is one too many; the answer then is refusal().
  bool Take(char c);

  // 414 for the first line, 431 for the headers; 0 while there is nothing to refuse.
  int refusal() const { return refusal_; }

 private:
  size_t bytes_ = 0;
  size_t lines_ = 0;
  size_t in_line_ = 0;
  int refusal_ = 0;
};

}  // namespace fsft::gateway::http
