#include "gateway/http/multipart.h"

#include <algorithm>

#include "gateway/http/elements.h"
#include "gateway/http/message.h"

namespace fsft::gateway::http {
namespace {

constexpr std::string_view kFormType = "multipart/form-data";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kBlankLine = "\r\n\r\n";
constexpr size_t kLongestBoundary = 70;
constexpr size_t kLongestHead = 4096;

// Takes what stands before `end` off the text; nullopt when it is not there.
std::optional<std::string_view> TakeUntil(std::string_view& text, std::string_view end) {
  const size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return taken;
}

bool Take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Takes `"quoted"` or `token` off the text. Browsers write a quote within a name as %22, so nothing
// is unescaped.
std::optional<std::string> TakeValue(std::string_view& text) {
  if (Take(text, "\"")) {
    const auto quoted = TakeUntil(text, "\"");
    return quoted ? std::optional<std::string>(*quoted) : std::nullopt;
  }
  const std::string_view token = text.substr(0, std::min(text.find(';'), text.size()));
  text.remove_prefix(token.size());
  return std::string(Trim(token));
}

// The parameter of "kind; a=b; c=\"d\""; nullopt when it is missing or the text is of another kind.
std::optional<std::string> Parameter(std::string_view text, std::string_view kind,
                                     std::string_view name) {
  const size_t end = std::min(text.find(';'), text.size());
  if (!SameName(Trim(text.substr(0, end)), kind)) return std::nullopt;
  text.remove_prefix(end);
  while (Take(text, ";")) {
    const auto key = TakeUntil(text, "=");
    if (!key) return std::nullopt;
    std::optional<std::string> value = TakeValue(text);
    if (!value) return std::nullopt;
    if (SameName(Trim(*key), name)) return value;
    text = Trim(text);
  }
  return std::nullopt;
}

// The field's name in the head of a part: header lines without the last line's end.
std::optional<std::string> NameIn(std::string_view head) {
  while (!head.empty()) {
    std::string_view line = head.substr(0, std::min(head.find(kLineEnd), head.size()));
    head.remove_prefix(std::min(line.size() + kLineEnd.size(), head.size()));
    const auto header = TakeUntil(line, ":");
    if (!header) return std::nullopt;
    if (SameName(*header, "Content-Disposition")) return Parameter(line, "form-data", "name");
  }
  return std::nullopt;
}

bool MayBeInBoundary(char c) {
  constexpr std::string_view kMarks = "'()+_,-./:=? ";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

}  // namespace

bool IsMultipart(std::string_view content_type) {
  const size_t end = std::min(content_type.find(';'), content_type.size());
  return SameName(Trim(content_type.substr(0, end)), kFormType);
}

std::optional<std::string> MultipartBoundary(std::string_view content_type) {
  std::optional<std::string> boundary = Parameter(content_type, kFormType, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kLongestBoundary) return std::nullopt;
  if (!std::all_of(boundary->begin(), boundary->end(), MayBeInBoundary)) return std::nullopt;
  return boundary;
}

std::optional<std::vector<Part>> ReadMultipart(std::string_view body, std::string_view boundary) {
  const std::string first = "--" + std::string(boundary);
  const std::string next = std::string(kLineEnd) + first;
  std::vector<Part> parts;
  if (!Take(body, first)) return std::nullopt;
  while (!Take(body, "--")) {
    if (!Take(body, kLineEnd) || parts.size() == kMaxParts) return std::nullopt;
    const auto head = TakeUntil(body, kBlankLine);
    if (!head || head->size() > kLongestHead) return std::nullopt;
    const std::optional<std::string> name = NameIn(*head);
    const auto content = TakeUntil(body, next);
    if (!name || !content) return std::nullopt;
    parts.push_back({*name, *content});
  }
  return parts;
}

}  // namespace fsft::gateway::http
