#include "shared/smtp/mailbox.h"

#include <algorithm>

namespace fsft::smtp {
namespace {

// RFC 5321.
constexpr size_t kLongestAddress = 254;
constexpr size_t kLongestLocalPart = 64;
constexpr size_t kLongestLabel = 63;

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsAtomOrDot(char c) {
  constexpr std::string_view kMarks = ".!#$%&'*+-/=?^_`{|}~";
  return IsAlphanumeric(c) || kMarks.find(c) != std::string_view::npos;
}

bool IsLabel(std::string_view text) {
  return !text.empty() && text.size() <= kLongestLabel && text.front() != '-' &&
         text.back() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return IsAlphanumeric(c) || c == '-';
         });
}

bool IsDomain(std::string_view text) {
  while (true) {
    const size_t dot = text.find('.');
    if (!IsLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool IsName(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return c < ' ' || c == 0x7F || c == '"' || c == '\\' || c == '<' || c == '>';
  });
}

}  // namespace

std::string_view Mailbox::Domain() const {
  return std::string_view(address).substr(address.rfind('@') + 1);
}

bool IsAddress(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || text.size() > kLongestAddress) return false;
  const std::string_view local = text.substr(0, at);
  return !local.empty() && local.size() <= kLongestLocalPart &&
         std::all_of(local.begin(), local.end(), IsAtomOrDot) && IsDomain(text.substr(at + 1));
}

std::optional<Mailbox> ParseMailbox(std::string_view text) {
  if (IsAddress(text)) return Mailbox{.name = "", .address = std::string(text)};
  const size_t open = text.find('<');
  if (open == std::string_view::npos || !text.ends_with('>')) return std::nullopt;
  const std::string_view address = text.substr(open + 1, text.size() - open - 2);
  std::string_view name = Trim(text.substr(0, open));
  if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"'))
    name = name.substr(1, name.size() - 2);
  if (!IsAddress(address) || !IsName(name)) return std::nullopt;
  return Mailbox{.name = std::string(name), .address = std::string(address)};
}

}  // namespace fsft::smtp
