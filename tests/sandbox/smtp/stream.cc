#include "tests/sandbox/smtp/stream.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

namespace fsft::sandbox::smtp {

namespace {

// Far beyond what is allowed: so that the session can say what is wrong with it.
constexpr size_t kLongestLine = 1 << 16;

}  // namespace

bool Stream::StartTls(SSL_CTX* tls) {
  ssl_ = std::shared_ptr<SSL>(SSL_new(tls), SSL_free);
  // What was sent in clear behind STARTTLS is not to be believed.
  buffer_.clear();
  return SSL_set_fd(ssl_.get(), socket_) == 1 && SSL_accept(ssl_.get()) == 1;
}

bool Stream::Fill() {
  char chunk[4096];
  const ssize_t count = ssl_ == nullptr ? recv(socket_, chunk, sizeof chunk, 0)
                                        : SSL_read(ssl_.get(), chunk, sizeof chunk);
  if (count > 0) buffer_.append(chunk, static_cast<size_t>(count));
  return count > 0;
}

std::optional<std::string> Stream::ReadLine() {
  size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (buffer_.size() > kLongestLine || !Fill()) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

bool Stream::Write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ssl_ == nullptr
                              ? send(socket_, text.data(), text.size(), MSG_NOSIGNAL)
                              : SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    if (count <= 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace fsft::sandbox::smtp
