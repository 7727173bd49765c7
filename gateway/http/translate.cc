#include "gateway/http/translate.h"

#include <algorithm>
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
  Request head{.method = raw.method,
               .path = std::move(raw.path),
               .headers = {},
               .body = {},
               .remote_addr = peer};
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
  out.set_content(std::move(response.body), response.content_type);
}

std::string FormatHeaders(const httplib::Headers& headers, bool close) {
  std::string text;
  text.reserve(512);
  for (const auto& [name, value] : headers) {
    if (name == "Keep-Alive" || name == "Accept-Ranges") continue;
    AppendHeader(text, name, value);
  }
  if (close && headers.find("Connection") == headers.end())
    AppendHeader(text, "Connection", "close");
  return text.append("\r\n");
}

std::string Serialize(const Response& response) {
  std::string text =
      absl::StrCat("HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status), "\r\n");
  for (const Header& header : response.headers) AppendHeader(text, header.name, header.value);
  AppendHeader(text, "Content-Type", response.content_type);
  AppendHeader(text, "Content-Length", absl::StrCat(response.body.size()));
  AppendHeader(text, "Connection", "close");
  return text.append("\r\n").append(response.body);
}

}  // namespace fsft::gateway::http
