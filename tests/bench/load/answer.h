#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fsft::bench {

// Reads one HTTP answer as it comes in. Only what our gateway sends: every answer has a
// Content-Length.
class Answer {
 public:
  // False when it is none, or none of that kind.
  bool Feed(std::string_view bytes);
  bool complete() const { return length_ && text_.size() == body_start_ + *length_; }

  // Of a complete one.
  int status() const { return status_; }
  std::string_view body() const { return std::string_view(text_).substr(body_start_); }
  // The server will send no other on this connection.
  bool last() const { return last_; }

  void Clear() { *this = Answer(); }

 private:
  bool ReadHead(std::string_view head);

  std::string text_;
  size_t body_start_ = 0;
  std::optional<size_t> length_;
  int status_ = 0;
  bool last_ = false;
};

}  // namespace fsft::bench
