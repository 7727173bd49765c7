#include "gateway/http/raw_head.h"

#include <algorithm>
#include <optional>

#include "gateway/http/elements.h"
#include "gateway/http/message.h"

namespace fsft::gateway::http {
namespace {

constexpr std::string_view kEnd = "\r\n";

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool Consists(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [others](char c) {
    return IsAlphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool IsToken(std::string_view text) { return !text.empty() && Consists(text, "!#$%&'*+-.^_`|~"); }

// A name, an address or nothing, and a port; RFC 3986, 3.2.2.
bool IsHost(std::string_view text) { return Consists(text, "-._~!$&'()*+,;=%:[]"); }

// The text up to the separator, which goes too; all of it when there is none.
std::string_view TakeUntil(std::string_view& text, std::string_view separator) {
  const size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
  return taken;
}

// What is known of the header lines so far.
struct Seen {
  int hosts = 0;
  bool encoded = false;
};

// False for a line that can be read in two ways.
bool Read(std::string_view line, Seen& seen) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = Trim(line.substr(colon + 1));
  if (SameName(name, "Host")) {
    ++seen.hosts;
    return IsHost(value);
  }
  const bool encoding = SameName(name, "Transfer-Encoding");
  seen.encoded |= encoding;
  // httplib has decoded what the others have read as it is.
  const bool framing = encoding || SameName(name, "Content-Length");
  return !framing || value.find('%') == std::string_view::npos;
}

}  // namespace

bool IsUnambiguous(std::string_view head) {
  const std::string_view request_line = TakeUntil(head, kEnd);
  const bool modern = request_line.ends_with(" HTTP/1.1");
  if (request_line.find_first_of(kEnd) != std::string_view::npos) return false;
  if (std::ranges::count(request_line, ' ') != 2) return false;
  Seen seen;
  while (!head.empty()) {
    const std::string_view line = TakeUntil(head, kEnd);
    if (line.empty()) break;
    if (line.find_first_of(kEnd) != std::string_view::npos || !Read(line, seen)) return false;
  }
  return modern ? seen.hosts == 1 : seen.hosts <= 1 && !seen.encoded;
}

int StatusOfUnreadable(std::string_view head, int status) {
  if (status != 400) return status;
  std::string_view line = TakeUntil(head, kEnd);
  const std::string_view method = TakeUntil(line, " ");
  const std::string_view target = TakeUntil(line, " ");
  if (!IsToken(method) || target.empty() || !line.starts_with("HTTP/")) return status;
  if (line != "HTTP/1.1" && line != "HTTP/1.0") return 505;
  constexpr std::string_view kKnown[] = {"GET",    "HEAD",    "POST",    "PUT",  "PATCH",
                                         "DELETE", "OPTIONS", "CONNECT", "TRACE"};
  return std::ranges::count(kKnown, method) > 0 ? status : 501;
}

bool AsksToClose(std::string_view connection) {
  while (!connection.empty()) {
    if (SameName(TakeElement(connection, ','), "close")) return true;
  }
  return false;
}

}  // namespace fsft::gateway::http
