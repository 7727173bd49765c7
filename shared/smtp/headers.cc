#include "shared/smtp/headers.h"

#include <algorithm>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "shared/crypto/encoding.h"

namespace fsft::smtp {
namespace {

bool IsPrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

bool HasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

// RFC 5322: what is between the brackets of a Message-ID.
bool IsMessageId(std::string_view text) {
  return IsAddress(text) || (IsPrintableAscii(text) && !text.empty() &&
                             text.find_first_of("<>() ") == std::string_view::npos &&
                             std::count(text.begin(), text.end(), '@') == 1);
}

// How many bytes of the text fit into one encoded word, without cutting a character.
size_t WordLength(std::string_view text) {
  // An encoded word has at most 75 characters, 12 of which are around its base64; and the first one
  // stands behind the header's name.
  constexpr size_t kMostBytes = 39;
  size_t length = std::min(text.size(), kMostBytes);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (length < text.size() && length > 1 && continues(text[length])) --length;
  return length;
}

bool IsPlainPhrase(std::string_view text) {
  return IsPrintableAscii(text) && text.find_first_of("()<>[]:;@\\,.\"") == std::string_view::npos;
}

std::string Format(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return mailbox.address;
  const std::string address = " <" + mailbox.address + ">";
  if (!IsPrintableAscii(mailbox.name)) return EncodeText(mailbox.name) + address;
  if (IsPlainPhrase(mailbox.name)) return mailbox.name + address;
  return "\"" + mailbox.name + "\"" + address;  // ParseMailbox takes no name with a quote in it
}

}  // namespace

std::string EncodeText(std::string_view text) {
  // What looks like an encoded word already must not be read as one.
  if (IsPrintableAscii(text) && text.find("=?") == std::string_view::npos) return std::string(text);
  std::string encoded;
  while (!text.empty()) {
    const size_t length = WordLength(text);
    absl::StrAppend(&encoded, encoded.empty() ? "" : "\r\n ", "=?UTF-8?B?",
                    crypto::Base64Encode(text.substr(0, length)), "?=");
    text.remove_prefix(length);
  }
  return encoded;
}

std::string FormatDate(time::TimePoint when) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = time::UnixSeconds(when);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return absl::StrFormat("%s, %02d %s %d %02d:%02d:%02d +0000", kDays[utc.tm_wday], utc.tm_mday,
                         kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                         utc.tm_sec);
}

absl::StatusOr<std::vector<std::string>> HeadersOf(const Message& message) {
  if (!IsAddress(message.to)) return absl::InvalidArgumentError("the receiver is no address");
  if (!IsAddress(message.from.address) || HasControls(message.from.name) ||
      message.from.name.find_first_of("\"\\") != std::string::npos) {
    return absl::InvalidArgumentError("the sender is no address");
  }
  if (HasControls(message.subject)) return absl::InvalidArgumentError("the subject has controls");
  if (!IsMessageId(message.message_id)) return absl::InvalidArgumentError("no message id");
  return std::vector<std::string>{
      absl::StrCat("From: ", Format(message.from)),
      absl::StrCat("To: ", message.to),
      absl::StrCat("Subject: ", EncodeText(message.subject)),
      absl::StrCat("Date: ", FormatDate(message.date)),
      absl::StrCat("Message-ID: <", message.message_id, ">"),
      // RFC 3834: so that nobody's vacation program answers.
      "Auto-Submitted: auto-generated",
  };
}

}  // namespace fsft::smtp
