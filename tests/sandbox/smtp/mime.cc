#include "tests/sandbox/smtp/mime.h"

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "shared/crypto/encoding.h"

namespace fsft::sandbox::smtp {
namespace {

struct Entity {
  std::map<std::string, std::string> headers;  // names in lower case, values unfolded
  std::string_view body;

  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// The next line of `text`, which it is taken from.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

Entity Parse(std::string_view text) {
  Entity entity;
  std::string* last = nullptr;
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) break;
    if ((line.front() == ' ' || line.front() == '\t') && last != nullptr) {
      absl::StrAppend(last, " ", std::string(absl::StripAsciiWhitespace(std::string(line))));
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    last = &entity.headers[absl::AsciiStrToLower(std::string(line.substr(0, colon)))];
    *last = std::string(absl::StripAsciiWhitespace(std::string(line.substr(colon + 1))));
  }
  entity.body = text;
  return entity;
}

std::string HexPair(std::string_view two) {
  const auto byte = crypto::HexDecode(two);
  return byte.ok() ? *byte : "?";
}

std::string QuotedPrintable(std::string_view text) {
  std::string decoded;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') {
      decoded += text[at];
    } else if (text.substr(at + 1, 2) != "\r\n") {
      decoded += HexPair(text.substr(at + 1, 2));
      at += 2;
    } else {
      at += 2;  // a soft line break
    }
  }
  return decoded;
}

std::string Base64(std::string_view text) {
  const auto decoded = crypto::Base64Decode(
      absl::StrReplaceAll(std::string(text), {{"\r", ""}, {"\n", ""}, {" ", ""}}));
  return decoded.ok() ? *decoded : "";
}

// "=?UTF-8?B?…?=" within a header; what is no such word stays.
std::string Words(std::string_view text) {
  std::string decoded;
  bool after_word = false;
  while (!text.empty()) {
    const size_t start = text.find("=?");
    const size_t charset = text.find('?', start + 2);
    const size_t encoding =
        charset == std::string_view::npos ? charset : text.find('?', charset + 1);
    const size_t end =
        encoding == std::string_view::npos ? encoding : text.find("?=", encoding + 1);
    if (start == std::string_view::npos || end == std::string_view::npos) break;
    // Between two words a space only separates.
    if (!after_word || start != 1) decoded += text.substr(0, start);
    const std::string content(text.substr(encoding + 1, end - encoding - 1));
    decoded += absl::EqualsIgnoreCase(std::string(text.substr(charset + 1, 1)), "b")
                   ? Base64(content)
                   : QuotedPrintable(absl::StrReplaceAll(content, {{"_", " "}}));
    text.remove_prefix(end + 2);
    after_word = true;
  }
  return decoded + std::string(text);
}

// The value of a parameter of a Content-Type.
std::string Parameter(const std::string& type, const std::string& name) {
  const size_t at = absl::AsciiStrToLower(type).find(name + "=");
  if (at == std::string::npos) return "";
  std::string value = type.substr(at + name.size() + 1);
  if (value.starts_with('"')) return value.substr(1, value.find('"', 1) - 1);
  return value.substr(0, value.find(';'));
}

std::string Decoded(const Entity& entity) {
  const std::string encoding = absl::AsciiStrToLower(entity.Header("content-transfer-encoding"));
  const std::string text = encoding == "quoted-printable" ? QuotedPrintable(entity.body)
                           : encoding == "base64"         ? Base64(entity.body)
                                                          : std::string(entity.body);
  return absl::StrReplaceAll(text, {{"\r\n", "\n"}});
}

void Collect(const Entity& entity, Json& mail) {
  const std::string type = entity.Header("content-type");
  const std::string lower = absl::AsciiStrToLower(type);
  if (!lower.starts_with("multipart/")) {
    mail[lower.starts_with("text/html") ? "html" : "text"] = Decoded(entity);
    return;
  }
  const std::string boundary = "--" + Parameter(type, "boundary");
  std::string_view rest = entity.body;
  size_t start = rest.find(boundary);
  while (start != std::string_view::npos) {
    rest.remove_prefix(start + boundary.size());
    if (rest.starts_with("--")) return;
    TakeLine(rest);
    start = rest.find("\r\n" + boundary);
    if (start != std::string_view::npos) Collect(Parse(rest.substr(0, start)), mail);
    if (start != std::string_view::npos) start += 2;
  }
}

}  // namespace

Json ReadMail(std::string_view raw) {
  const Entity entity = Parse(raw);
  Json mail = {{"subject", Words(entity.Header("subject"))},
               {"message_id", entity.Header("message-id")},
               {"date", entity.Header("date")},
               {"header_from", Words(entity.Header("from"))},
               {"header_to", Words(entity.Header("to"))},
               {"text", ""},
               {"html", ""}};
  Collect(entity, mail);
  return mail;
}

}  // namespace fsft::sandbox::smtp
