#pragma once

#include <openssl/types.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fsft::http {

// A TCP port of this machine that nobody listens on (any more).
int ClosedPort();

// Answers HTTP on a free port of 127.0.0.1, byte by byte as the test wants it, which a correct
// server would not do. Every connection has a thread of its own.
class TestServer {
 public:
  // Given the whole request, what to send back. An empty text closes the connection without an
  // answer, a header "Connection: close" closes it after.
  using Handler = std::function<std::string(const std::string& request)>;

  // With a context it speaks TLS, as the context says.
  explicit TestServer(Handler handler, SSL_CTX* tls = nullptr);
  // Ends all connections, those of handlers that wait in UntilStopped() too.
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string Url(const std::string& path = "/") const;
  int Connections() const;                    // accepted so far
  std::vector<std::string> Requests() const;  // received so far
  // For a handler that must not answer.
  std::string UntilStopped();

 private:
  void Accept();
  void Serve(int connection);

  const Handler handler_;
  SSL_CTX* const tls_;
  int listener_;
  int port_;
  mutable std::mutex mutex_;
  std::condition_variable stopping_;
  bool stopped_ = false;
  std::vector<int> connections_;
  std::vector<std::string> requests_;
  std::vector<std::jthread> threads_;
  std::jthread acceptor_;  // last: it uses all of the above
};

// An answer with the headers that any has. `headers` end in "\r\n" each.
std::string Answer(const std::string& status, const std::string& body,
                   const std::string& headers = "");

}  // namespace fsft::http
