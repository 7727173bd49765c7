#include "gateway/http/body_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace fsft::gateway::http {
namespace {

using Failure = std::optional<BodyFailure>;

// Of a chunk's length with its extensions, or a trailer.
constexpr size_t kLongestLine = 1 << 10;
// How many bytes of lines a body may have: a few, and as many as chunks of one byte need.
constexpr size_t kLinesAtLeast = 8 << 10;
constexpr size_t kLinesPerByte = 8;

class Reader {
 public:
  Reader(httplib::Stream& stream, size_t limit, BodyMemory::Share& memory, std::string& body)
      : stream_(stream), limit_(limit), memory_(memory), body_(body) {}

  Failure Read(uint64_t size) {
    if (size > limit_ - body_.size()) return BodyFailure::kTooLarge;
    std::array<char, 16384> buffer;
    while (size > 0) {
      const size_t wanted = std::min<uint64_t>(size, buffer.size());
      const ssize_t received = stream_.read(buffer.data(), wanted);
      if (received <= 0) return BodyFailure::kBroken;
      if (!memory_.GrowTo(body_.size() + static_cast<size_t>(received)))
        return BodyFailure::kNoRoom;
      body_.append(buffer.data(), static_cast<size_t>(received));
      size -= static_cast<uint64_t>(received);
    }
    return std::nullopt;
  }

  Failure ReadChunks() {
    for (;;) {
      const std::optional<uint64_t> size = ReadLine() ? ChunkSize() : std::nullopt;
      if (!size) return BodyFailure::kBroken;
      if (*size == 0) break;
      if (const Failure failure = Read(*size)) return failure;
      if (!ReadLine() || !line_.empty()) return BodyFailure::kBroken;
    }
    do {
      if (!ReadLine()) return BodyFailure::kBroken;
    } while (!line_.empty());
    return std::nullopt;
  }

 private:
  // The next line, without its CRLF, in line_. A CR or LF anywhere else is how two readers come to
  // see different lines.
  bool ReadLine() {
    line_.clear();
    for (;;) {
      char c;
      if (stream_.read(&c, 1) != 1) return false;
      if (++in_lines_ > kLinesAtLeast + kLinesPerByte * body_.size()) return false;
      if (c == '\n') break;
      if (line_.ends_with('\r') || line_.size() == kLongestLine) return false;
      line_ += c;
    }
    if (!line_.ends_with('\r')) return false;
    line_.pop_back();
    return true;
  }

  // Of line_: hexadecimal digits, and perhaps extensions, which nobody needs.
  std::optional<uint64_t> ChunkSize() const {
    const char* const end = line_.data() + line_.size();
    uint64_t size = 0;
    const auto [stopped, error] = std::from_chars(line_.data(), end, size, 16);
    // from_chars takes a minus only for signed numbers, and neither plus, blank nor 0x.
    if (error != std::errc() || (stopped != end && *stopped != ';')) return std::nullopt;
    return size;
  }

  httplib::Stream& stream_;
  const size_t limit_;
  BodyMemory::Share& memory_;
  std::string& body_;
  std::string line_;
  size_t in_lines_ = 0;
};

}  // namespace

std::optional<BodyFailure> ReadBody(httplib::Stream& stream, const Framing& framing, size_t limit,
                                    BodyMemory::Share& memory, std::string& body) {
  Reader reader(stream, limit, memory, body);
  if (framing.chunked) return reader.ReadChunks();
  const uint64_t size = framing.length.value_or(0);
  // A promise is believed up to the limit only; pages that nothing is written to cost nothing.
  body.reserve(std::min<uint64_t>(size, limit));
  return reader.Read(size);
}

}  // namespace fsft::gateway::http
