#include "shared/http/test_server.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <utility>

namespace fsft::http {
namespace {

struct Listener {
  int socket;
  int port;
};

Listener Listen() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, any, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, any, &size) != 0) {
    std::abort();
  }
  return {listener, ntohs(address.sin_port)};
}

// How long the request at the front of `data` is; 0 while it is not complete.
size_t RequestSize(const std::string& data) {
  const size_t head = data.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const std::string kLength = "\r\nContent-Length: ";
  const size_t length = data.find(kLength);
  size_t size = head + 4;
  if (length < head) size += std::stoul(data.substr(length + kLength.size(), 20));
  return data.size() >= size ? size : 0;
}

// One connection, with TLS or without.
class Stream {
 public:
  Stream(int connection, SSL_CTX* tls)
      : connection_(connection), ssl_(tls == nullptr ? nullptr : SSL_new(tls), SSL_free) {}

  bool Accept() {
    return ssl_ == nullptr ||
           (SSL_set_fd(ssl_.get(), connection_) == 1 && SSL_accept(ssl_.get()) == 1);
  }

  // False at the end.
  bool Read(std::string& data) {
    char chunk[4096];
    const ssize_t count = ssl_ == nullptr ? recv(connection_, chunk, sizeof chunk, 0)
                                          : SSL_read(ssl_.get(), chunk, sizeof chunk);
    if (count > 0) data.append(chunk, static_cast<size_t>(count));
    return count > 0;
  }

  bool Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ssl_ == nullptr
                                ? send(connection_, text.data(), text.size(), MSG_NOSIGNAL)
                                : SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
      if (count <= 0) return false;
      text.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

 private:
  const int connection_;
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace

int ClosedPort() {
  const Listener listener = Listen();
  close(listener.socket);
  return listener.port;
}

TestServer::TestServer(Handler handler, SSL_CTX* tls) : handler_(std::move(handler)), tls_(tls) {
  if (tls != nullptr) std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  const Listener listener = Listen();
  listener_ = listener.socket;
  port_ = listener.port;
  acceptor_ = std::jthread([this] { Accept(); });
}

TestServer::~TestServer() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  }
  stopping_.notify_all();
  acceptor_.join();
  threads_.clear();  // joins
  for (const int connection : connections_) close(connection);
  close(listener_);
}

std::string TestServer::Url(const std::string& path) const {
  return (tls_ == nullptr ? "http" : "https") + std::string("://127.0.0.1:") +
         std::to_string(port_) + path;
}

int TestServer::Connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(connections_.size());
}

std::vector<std::string> TestServer::Requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string TestServer::UntilStopped() {
  std::unique_lock lock(mutex_);
  stopping_.wait(lock, [this] { return stopped_; });
  return "";
}

void TestServer::Accept() {
  for (int connection; (connection = accept(listener_, nullptr, nullptr)) >= 0;) {
    const std::lock_guard lock(mutex_);
    connections_.push_back(connection);
    if (stopped_) shutdown(connection, SHUT_RDWR);
    threads_.emplace_back([this, connection] { Serve(connection); });
  }
}

void TestServer::Serve(int connection) {
  Stream stream(connection, tls_);
  std::string data;
  bool open = stream.Accept();
  while (open) {
    const size_t size = RequestSize(data);
    if (size == 0) {
      open = stream.Read(data);
      continue;
    }
    const std::string request = data.substr(0, size);
    data.erase(0, size);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const std::string answer = handler_(request);
    open = !answer.empty() && stream.Write(answer) &&
           answer.find("\r\nConnection: close\r\n") == std::string::npos;
  }
  shutdown(connection, SHUT_RDWR);  // closed only at the end, so that its number is not used again
}

std::string Answer(const std::string& status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

}  // namespace fsft::http
