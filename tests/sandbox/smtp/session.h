#pragma once

#include <openssl/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/sandbox/api/knobs.h"
#include "tests/sandbox/api/records.h"
#include "tests/sandbox/smtp/stream.h"

namespace fsft::sandbox::smtp {

// How this mail server is; by default it takes everybody's mail in clear.
struct Manner {
  // Offers STARTTLS with it, or speaks TLS from the start; not owned.
  SSL_CTX* tls = nullptr;
  bool tls_from_the_start = false;
  // "user:password" that a client must log in with; empty: anybody may send.
  std::string login{};
};

// One client's conversation (RFC 5321), until it ends. Strict where real servers are, and where
// they are not: a message that a pedantic one might refuse is refused here.
//
// What tests may let go wrong, by knobs: smtp.connect, smtp.mail, smtp.rcpt, smtp.data and smtp.quit. Each may
// be held, delayed, refused with a code, or broken off (drop); smtp.data also on the answer, when
// the mail is taken and only the sender does not know.
class Session {
 public:
  Session(Stream& stream, const Manner& manner, Knobs& knobs, Records& mails)
      : stream_(stream), manner_(manner), knobs_(knobs), mails_(mails) {}

  void Run();

 private:
  // Whether the conversation goes on.
  bool Obey(const std::string& line);
  bool Greet(std::string_view verb);
  bool StartTls();
  bool LogIn(std::string_view argument);
  bool Mail(std::string_view argument);
  bool Receiver(std::string_view argument);
  bool Data();
  bool Take(const std::string& raw);
  void Reset();
  bool Say(std::string_view reply);
  // Asks the knobs; nothing: go on. Otherwise what to return.
  std::optional<bool> Trouble(std::string_view operation, Point point);

  Stream& stream_;
  const Manner& manner_;
  Knobs& knobs_;
  Records& mails_;
  bool greeted_ = false;
  bool logged_in_ = false;
  bool eight_bits_ = false;
  std::string from_;
  bool has_from_ = false;
  std::vector<std::string> to_;
};

}  // namespace fsft::sandbox::smtp
