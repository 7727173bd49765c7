#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fsft::sandbox::smtp {

// A client's connection, read line by line. Closes nothing.
class Stream {
 public:
  explicit Stream(int socket) : socket_(socket) {}

  // From now on in TLS; false when the client and we cannot agree.
  bool StartTls(SSL_CTX* tls);
  bool is_tls() const { return ssl_ != nullptr; }

  // The next line without its end, which is CR LF and nothing else: a bare one stays in the line.
  // Nothing at the end of the connection, and when a line is longer than any may be.
  std::optional<std::string> ReadLine();
  bool Write(std::string_view text);

 private:
  bool Fill();

  const int socket_;
  std::shared_ptr<SSL> ssl_;
  std::string buffer_;
};

}  // namespace fsft::sandbox::smtp
