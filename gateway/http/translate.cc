#include "gateway/http/translate.h"

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
  raw.headers.erase("Content-Type");
  raw.headers.erase("Content-Encoding");
  raw.ranges.clear();
  raw.path = "/";
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
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (close && headers.find("Connection") == headers.end()) text += "Connection: close\r\n";
  return text += "\r\n";
}

std::string Serialize(const Response& response) {
  const auto line = [](const std::string& name, const std::string& value) {
    return absl::StrCat(name, ": ", value, "\r\n");
  };
  std::string text =
      absl::StrCat("HTTP/1.1 ", response.status, " ", ReasonPhrase(response.status), "\r\n");
  for (const Header& header : response.headers) text += line(header.name, header.value);
  text += line("Content-Type", response.content_type);
  text += line("Content-Length", std::to_string(response.body.size()));
  text += line("Connection", "close");
  return absl::StrCat(text, "\r\n", response.body);
}

}  // namespace fsft::gateway::http
