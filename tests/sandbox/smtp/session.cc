#include "tests/sandbox/smtp/session.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "shared/crypto/encoding.h"
#include "tests/sandbox/smtp/mime.h"

namespace fsft::sandbox::smtp {
namespace {

// RFC 5321, without the line's end.
constexpr size_t kLongestTextLine = 998;
constexpr size_t kLargestMail = 10 << 20;
constexpr size_t kMostReceivers = 100;

std::string Upper(std::string_view text) { return absl::AsciiStrToUpper(std::string(text)); }

// "FROM:<a@b> BODY=8BITMIME": the address, and what is behind it. False when it has no brackets.
bool ReadPath(std::string_view argument, std::string_view keyword, std::string& address,
              std::string& parameters) {
  if (!Upper(argument).starts_with(keyword)) return false;
  argument.remove_prefix(keyword.size());
  const size_t close = argument.find('>');
  if (!argument.starts_with('<') || close == std::string_view::npos) return false;
  address = argument.substr(1, close - 1);
  parameters = Upper(argument.substr(close + 1));
  return address.find_first_of(" <>\r\n") == std::string::npos;
}

// Why a line may not be in a mail; empty when it may.
std::string_view Fault(const std::string& line, bool eight_bits) {
  if (line.size() > kLongestTextLine) return "500 5.5.2 a line is too long";
  if (line.find_first_of("\r\n") != std::string::npos) return "500 5.5.2 a bare CR or LF";
  if (line.find('\0') != std::string::npos) return "500 5.5.2 a NUL";
  const bool ascii = std::none_of(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; });
  return ascii || eight_bits ? "" : "554 5.6.1 eight bits without BODY=8BITMIME";
}

}  // namespace

bool Session::Say(std::string_view reply) { return stream_.Write(std::string(reply) + "\r\n"); }

std::optional<bool> Session::Trouble(std::string_view operation, Point point) {
  const std::optional<Failure> failure = knobs_.Pass(operation, point, [&] {
    return Json{{"from", from_}, {"to", absl::StrJoin(to_, ", ")}};
  });
  if (!failure) return std::nullopt;
  if (failure->drop) return false;
  return Say(absl::StrCat(failure->status, " ",
                          failure->text.empty() ? "as a test wants it" : failure->text));
}

void Session::Run() {
  if (const auto trouble = Trouble("smtp.connect", Point::kArrival)) return;
  if (manner_.tls_from_the_start && !stream_.StartTls(manner_.tls)) return;
  if (!Say("220 localhost the sandbox")) return;
  while (const std::optional<std::string> line = stream_.ReadLine()) {
    if (!Obey(*line)) return;
  }
}

bool Session::Obey(const std::string& line) {
  const size_t space = line.find(' ');
  const std::string verb = Upper(line.substr(0, space));
  const std::string_view argument =
      space == std::string::npos ? "" : std::string_view(line).substr(space + 1);
  if (verb == "EHLO" || verb == "HELO") return Greet(verb);
  if (verb == "NOOP") return Say("250 2.0.0 yes");
  if (verb == "RSET") {
    Reset();
    return Say("250 2.0.0 as if nothing had been said");
  }
  if (verb == "QUIT") {
    if (const auto trouble = Trouble("smtp.quit", Point::kArrival)) return *trouble;
    Say("221 2.0.0 bye");
    return false;
  }
  if (!greeted_) return Say("503 5.5.1 EHLO first");
  if (verb == "STARTTLS") return StartTls();
  if (verb == "AUTH") return LogIn(argument);
  if (verb == "MAIL") return Mail(argument);
  if (verb == "RCPT") return Receiver(argument);
  if (verb == "DATA") return Data();
  return Say("502 5.5.1 unknown command");
}

void Session::Reset() {
  from_.clear();
  to_.clear();
  has_from_ = eight_bits_ = false;
}

bool Session::Greet(std::string_view verb) {
  Reset();
  greeted_ = true;
  if (verb == "HELO") return Say("250 localhost");
  const bool offers_tls = manner_.tls != nullptr && !stream_.is_tls();
  return Say(absl::StrCat("250-localhost\r\n250-SIZE ", kLargestMail, "\r\n250-8BITMIME\r\n",
                          offers_tls ? "250-STARTTLS\r\n" : "", "250 AUTH PLAIN"));
}

bool Session::StartTls() {
  if (manner_.tls == nullptr || stream_.is_tls()) return Say("502 5.5.1 no TLS here");
  if (!Say("220 2.0.0 go ahead") || !stream_.StartTls(manner_.tls)) return false;
  Reset();
  greeted_ = false;
  return true;
}

bool Session::LogIn(std::string_view argument) {
  if (!Upper(argument).starts_with("PLAIN")) return Say("504 5.5.4 only PLAIN");
  std::string response(argument.substr(std::min<size_t>(argument.size(), 6)));
  if (response.empty()) {
    if (!Say("334 ")) return false;
    const std::optional<std::string> line = stream_.ReadLine();
    if (!line) return false;
    response = *line;
  }
  // "\0user\0password"
  const absl::StatusOr<std::string> plain = crypto::Base64Decode(response);
  std::string login = plain.ok() && !plain->empty() ? plain->substr(1) : "";
  std::replace(login.begin(), login.end(), '\0', ':');
  logged_in_ = !manner_.login.empty() && login == manner_.login;
  return Say(logged_in_ || manner_.login.empty() ? "235 2.7.0 welcome" : "535 5.7.8 who are you?");
}

bool Session::Mail(std::string_view argument) {
  if (!manner_.login.empty() && !logged_in_) return Say("530 5.7.0 log in first");
  std::string address, parameters;
  if (has_from_) return Say("503 5.5.1 one mail after the other");
  if (!ReadPath(argument, "FROM:", address, parameters)) return Say("501 5.5.4 FROM:<address>");
  from_ = address;
  if (const auto trouble = Trouble("smtp.mail", Point::kArrival)) return *trouble;
  has_from_ = true;
  eight_bits_ = absl::StrContains(parameters, "BODY=8BITMIME");
  return Say("250 2.1.0 sender ok");
}

bool Session::Receiver(std::string_view argument) {
  std::string address, parameters;
  if (!has_from_) return Say("503 5.5.1 MAIL first");
  if (!ReadPath(argument, "TO:", address, parameters) || address.find('@') == std::string::npos)
    return Say("501 5.5.4 TO:<address>");
  if (to_.size() == kMostReceivers) return Say("452 4.5.3 too many receivers");
  to_.push_back(address);
  const auto trouble = Trouble("smtp.rcpt", Point::kArrival);
  if (!trouble) return Say("250 2.1.5 receiver ok");
  to_.pop_back();
  return *trouble;
}

bool Session::Data() {
  if (to_.empty()) return Say("503 5.5.1 RCPT first");
  if (!Say("354 end with a dot on a line of its own")) return false;
  std::string raw, fault;
  while (const std::optional<std::string> line = stream_.ReadLine()) {
    if (*line == ".") return fault.empty() ? Take(raw) : Say(fault);
    if (fault.empty()) fault = Fault(*line, eight_bits_);
    if (raw.size() > kLargestMail) fault = "552 5.3.4 too much";
    if (fault.empty())
      absl::StrAppend(&raw, line->starts_with('.') ? line->substr(1) : *line, "\r\n");
  }
  return false;
}

bool Session::Take(const std::string& raw) {
  if (const auto trouble = Trouble("smtp.data", Point::kArrival)) {
    Reset();
    return *trouble;
  }
  Json mail = ReadMail(raw);
  mail.update({{"from", from_}, {"to", absl::StrJoin(to_, ", ")}, {"raw", raw}});
  mails_.Add(std::move(mail));
  const auto trouble = Trouble("smtp.data", Point::kAnswer);
  Reset();
  return trouble ? *trouble : Say("250 2.0.0 taken");
}

}  // namespace fsft::sandbox::smtp
