#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "shared/smtp/message.h"

namespace fsft::smtp {

class Stopping;

// What became of a message.
struct Answer {
  enum class Verdict {
    // The server has taken it on.
    kAccepted,
    // The server will not have this message, or its receiver, now or later. Not where it says by an
    // enhanced status code (5.7.x, 5.3.x) that it refuses us.
    kRefused,
    // Not now. Whether the server has taken it is unknown where the connection broke at its end.
    kNotNow,
  };
  Verdict verdict = Verdict::kNotNow;
  // A code without anything of the message in it: "smtp_550" after the server's reply,
  // "smtp_unreachable", "smtp_tls_failed", "smtp_login_refused", "smtp_timeout", "smtp_broken_off", "smtp_stopped".
  std::string reason{};
  // It is about the server or our account there: other messages would fare no better.
  bool concerns_all = false;
  // Our Stop came first: the server was not asked to take the message, and does not have it.
  bool given_back = false;
};

struct ClientOptions {
  // smtp://[user:password@]host[:port][/our-name] or smtps://…; a secret.
  std::string url;
  // For everything; the goodbye after it may take as long as a reply. Whoever gives up on a server
  // that has the whole message sends it another copy later, and servers may look at a message for
  // minutes before they say that they have it (RFC 5321, 4.5.3.2.6): we are patient.
  std::chrono::milliseconds timeout{180'000};
  // For each reply of the server.
  std::chrono::seconds reply_timeout{150};
  std::string ca_file{};  // PEM; empty: the certificate authorities of the system

  // After which Send has answered.
  std::chrono::seconds Longest() const {
    return std::chrono::ceil<std::chrono::seconds>(timeout) + reply_timeout;
  }
};

// Hands emails to a mail server, each on a connection of its own. smtps:// is TLS from the start;
// with smtp:// STARTTLS is used where the server offers it, and insisted on before a password is
// sent to another machine. Certificates and names are verified. Thread-safe.
class Client {
 public:
  // INVALID_ARGUMENT for a URL that cannot be used.
  static absl::StatusOr<Client> Create(ClientOptions options);

  // INVALID_ARGUMENT for a message that cannot be sent, see HeadersOf; nothing was sent. A message
  // goes out at most once.
  absl::StatusOr<Answer> Send(const Message& message) const;

  // Ends what is under way, within a second: messages that the server was not asked to take yet are
  // given back, and so is all that is sent from now on. Who may have one already gets so much time
  // to say so; cut off after that, the message may be there, as after any connection that breaks.
  void Stop(std::chrono::milliseconds patience) const;

 private:
  Client(ClientOptions options, bool insist_on_tls);

  ClientOptions options_;
  bool insist_on_tls_;
  std::shared_ptr<Stopping> stopping_;
};

}  // namespace fsft::smtp
