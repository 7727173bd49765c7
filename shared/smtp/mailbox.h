#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fsft::smtp {

// A sender or a receiver: "Jordan Doe <jordan@example.com>", or the address alone.
struct Mailbox {
  std::string name;  // UTF-8; may be empty
  std::string address;

  // What is after the '@'.
  std::string_view Domain() const;
};

// Whether mail can be sent there in plain SMTP: ASCII, no quotes, no comments, no address in
// brackets. Nothing that could end a header or a command is an address.
bool IsAddress(std::string_view text);

// Nothing when it is none. The name may be in quotes, without escapes.
std::optional<Mailbox> ParseMailbox(std::string_view text);

}  // namespace fsft::smtp
