#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "tests/sandbox/smtp/session.h"

namespace fsft::sandbox::smtp {

// A mail server on 127.0.0.1 that delivers nothing and keeps everything: what it takes is in
// `mails`, see ReadMail, with the envelope's "from" and "to" and the "raw" bytes. Every connection
// has a thread of its own.
class Server {
 public:
  // All outlive it.
  Server(Manner manner, Knobs& knobs, Records& mails)
      : manner_(std::move(manner)), knobs_(knobs), mails_(mails) {}
  ~Server();  // stops

  // kUnavailable when the port is taken; 0 takes a free one.
  absl::Status Start(int port);
  int port() const { return port_; }
  // Hangs up on everybody. Call Knobs::Stop before: held clients would wait for ever.
  void Stop();

 private:
  struct Connection {
    int socket;
    std::atomic<bool> is_over{false};
    std::thread thread;
  };

  void Accept();
  void Serve(Connection& connection);
  void DropOver();

  const Manner manner_;
  Knobs& knobs_;
  Records& mails_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::list<Connection> connections_;
  std::thread accepting_;
};

}  // namespace fsft::sandbox::smtp
