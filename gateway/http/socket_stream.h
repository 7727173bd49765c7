// A connection's bytes, with deadlines for whole requests where httplib has time-outs for single
// reads.
#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <string>

#include "gateway/http/head_meter.h"

namespace fsft::gateway::http {

// Lives as long as its connection, so that what a client has sent ahead (pipelining) is kept
// between requests. Does not own the socket. Used on one thread.
class SocketStream final : public httplib::Stream {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  SocketStream(int fd, std::chrono::milliseconds write_timeout);

  // Waits for the first byte of a request. False when the peer has gone or nothing came in time.
  bool WaitForInput(Deadline deadline);
  // Reads beyond it fail: a client that sends a byte now and then cannot hold a thread for longer.
  void SetReadDeadline(Deadline deadline) { read_deadline_ = deadline; }
  // Whether a read has failed because of its deadline.
  bool timed_out() const { return timed_out_; }

  // What is read from here on is the head of a request: it is kept, and reading fails where it is
  // too large. httplib reads a head byte by byte, so there is nothing behind it.
  void BeginHead();
  // Ends that, and gives what was kept.
  std::string EndHead();
  // Why reading has failed: 414 or 431; 0 when it was not the head's size.
  int head_refusal() const { return meter_.refusal(); }

  // Sends what write() has gathered, so that head and body leave together. False when the peer
  // takes no more.
  bool Flush();

  // Reads and drops what still comes, for two seconds and 8 MiB at most. To close a socket with
  // unread input resets the connection, and the reset can overtake the answer.
  void DrainBeforeClose();

  ssize_t read(char* data, size_t size) override;
  ssize_t write(const char* data, size_t size) override;
  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return fd_; }

 private:
  // recv() that waits until `deadline`; 0 at the end of input, -1 on an error or in vain.
  ssize_t Receive(char* data, size_t size, Deadline deadline);
  bool SendAll(const char* data, size_t size);

  const int fd_;
  const std::chrono::milliseconds write_timeout_;
  Deadline read_deadline_{};
  bool timed_out_ = false;
  std::array<char, 8192> input_;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool in_head_ = false;
  HeadMeter meter_;
  std::string head_;
  std::string output_;
};

// The peer's address as text, "203.0.113.7" or "2001:db8::1"; an IPv4 address mapped into IPv6
// appears as IPv4. Empty when the peer has gone already.
std::string PeerAddress(int fd);

}  // namespace fsft::gateway::http
