#include "gateway/http/translate.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/reason.h"

namespace fsft::gateway::http {
namespace {

// httplib adds these as if the client had sent them; Request::remote_addr is what counts.
bool IsHttplibsOwn(const std::string& name) {
  return SameName(name, "REMOTE_ADDR") || SameName(name, "REMOTE_PORT") ||
         SameName(name, "LOCAL_ADDR") || SameName(name, "LOCAL_PORT");
}

// "%2F" is no slash, to a proxy that guards a path least of all; and what is no escape, or one of a
// control character, is not decoded by everybody.
bool DecodesPlainly(std::string_view path) {
  for (size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    unsigned value = 0;
    const char* const digits = path.data() + at + 1;
    const char* const end = path.data() + std::min(path.size(), at + 3);
    if (end - digits != 2 || std::from_chars(digits, end, value, 16).ptr != end) return false;
    if (value < 0x20 || value == 0x7f || value == '/' || value == '\\') return false;
  }
  return true;
}

// As routes know it. What does not decode plainly stays as it was written, and finds none.
std::string PathOf(httplib::Request& raw) {
  const std::string_view target = raw.target;
  const std::string_view written = target.substr(0, target.find('?'));
  std::string path = DecodesPlainly(written) ? std::move(raw.path) : std::string(written);
  // "http://host/path", which every server has to understand (RFC 9112, 3.2.2).
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!SameName(path.substr(0, scheme.size()), scheme)) continue;
    const size_t slash = path.find('/', scheme.size());
    return slash == std::string::npos ? "/" : path.substr(slash);
  }
  return path;
}

// RFC 9110, 6.6.1.
std::string Now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

// Neither has a body, so a length would be a lie.
bool IsBodiless(int status) { return status == 204 || status == 304; }

// httplib keeps headers of the same name together, and the last of them first; here they are again
// as they came, which X-Forwarded-For depends on.
void RestoreOrder(std::vector<Header>& headers) {
  for (auto begin = headers.begin(); begin != headers.end();) {
    const auto end = std::find_if(begin, headers.end(),
                                  [&](const Header& h) { return !SameName(h.name, begin->name); });
    std::reverse(begin, end);
    begin = end;
  }
}

void AppendHeader(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Request TakeHead(httplib::Request& raw, const std::string& peer) {
  Request head{
      .method = raw.method, .path = PathOf(raw), .headers = {}, .body = {}, .remote_addr = peer};
  head.headers.reserve(raw.headers.size());
  for (const auto& [name, value] : raw.headers) {
    if (!IsHttplibsOwn(name)) head.headers.push_back({name, value});
  }
  RestoreOrder(head.headers);
  for (const auto& [name, value] : raw.params) head.parameters.push_back({name, value});
  raw.headers.erase("Content-Type");
  raw.headers.erase("Content-Encoding");
  raw.ranges.clear();
  raw.path.assign(1, '/');  // not = "/": GCC 12 warns of an overlap that is not there
  return head;
}

void ToHttplib(Response response, httplib::Response& out) {
  out.status = response.status;
  out.headers.clear();
  for (Header& header : response.headers) {
    out.headers.emplace(std::move(header.name), std::move(header.value));
  }
  if (IsBodiless(response.status)) {
    // httplib sets one where there is none; FormatHeaders leaves this out.
    out.headers.emplace("Content-Length", "");
  } else {
    out.set_content(std::move(response.body), response.content_type);
  }
}

std::string FormatHeaders(const httplib::Headers& headers, bool close) {
  std::string text;
  text.reserve(512);
  for (const auto& [name, value] : headers) {
    if (name == "Keep-Alive" || name == "Accept-Ranges" || value.empty()) continue;
    AppendHeader(text, name, value);
  }
  AppendHeader(text, "Date", Now());
  if (close && headers.find("Connection") == headers.end())
    AppendHeader(text, "Connection", "close");
  return text.append("\r\n");
}

std::string Serialize(const Response& response) {
  std::string text =
      absl::StrCat("HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status), "\r\n");
  for (const Header& header : response.headers) AppendHeader(text, header.name, header.value);
  AppendHeader(text, "Date", Now());
  AppendHeader(text, "Content-Type", response.content_type);
  AppendHeader(text, "Content-Length", absl::StrCat(response.body.size()));
  AppendHeader(text, "Connection", "close");
  return text.append("\r\n").append(response.body);
}

}  // namespace fsft::gateway::http
