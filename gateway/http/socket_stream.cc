#include "gateway/http/socket_stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace fsft::gateway::http {
namespace {

using std::chrono::steady_clock;

constexpr size_t kGather = 16 << 10;
constexpr std::chrono::seconds kDrainTime{2};
constexpr size_t kDrainBytes = 8 << 20;

// True when `events` can be done without blocking; false at the deadline. A closed or broken
// connection counts as ready: the next call on it tells which.
bool WaitFor(int fd, short events, steady_clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd ready{.fd = fd, .events = events, .revents = 0};
    const int count = poll(&ready, 1, static_cast<int>(std::max<int64_t>(0, left.count())));
    if (count > 0) return true;
    if (count == 0 || errno != EINTR) return false;
  }
}

}  // namespace

SocketStream::SocketStream(int fd, std::chrono::milliseconds write_timeout)
    : fd_(fd), write_timeout_(write_timeout) {}

bool SocketStream::WaitForInput(Deadline deadline) {
  if (begin_ < end_) return true;
  const ssize_t received = Receive(input_.data(), input_.size(), deadline);
  begin_ = 0;
  end_ = static_cast<size_t>(std::max<ssize_t>(0, received));
  timed_out_ = false;  // an idle connection that ends is no failure of a request
  return end_ > 0;
}

ssize_t SocketStream::Receive(char* data, size_t size, Deadline deadline) {
  if (!WaitFor(fd_, POLLIN, deadline)) {
    timed_out_ = true;
    return -1;
  }
  ssize_t received;
  do {
    received = recv(fd_, data, size, MSG_DONTWAIT);
  } while (received < 0 && errno == EINTR);
  return received;
}

ssize_t SocketStream::read(char* data, size_t size) {
  if (begin_ == end_) {
    // The client may be waiting for what we have not sent yet ("100 Continue").
    if (!Flush()) return -1;
    if (size >= input_.size()) return Receive(data, size, read_deadline_);
    const ssize_t received = Receive(input_.data(), input_.size(), read_deadline_);
    if (received <= 0) return received;
    begin_ = 0;
    end_ = static_cast<size_t>(received);
  }
  const size_t count = std::min(size, end_ - begin_);
  std::memcpy(data, input_.data() + begin_, count);
  if (in_head_ && !std::all_of(data, data + count, [&](char c) { return meter_.Take(c); }))
    return -1;
  begin_ += count;
  if (in_head_) head_.append(data, count);
  return static_cast<ssize_t>(count);
}

void SocketStream::BeginHead() {
  in_head_ = true;
  meter_ = {};
  head_.clear();
}

std::string SocketStream::EndHead() {
  in_head_ = false;
  return std::exchange(head_, {});
}

ssize_t SocketStream::write(const char* data, size_t size) {
  if (output_.size() + size <= kGather) {
    output_.append(data, size);
    return static_cast<ssize_t>(size);
  }
  return Flush() && SendAll(data, size) ? static_cast<ssize_t>(size) : -1;
}

bool SocketStream::Flush() {
  const bool sent = SendAll(output_.data(), output_.size());
  output_.clear();
  return sent;
}

bool SocketStream::SendAll(const char* data, size_t size) {
  const Deadline deadline = steady_clock::now() + write_timeout_;
  while (size > 0) {
    const ssize_t sent = send(fd_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      data += sent;
      size -= static_cast<size_t>(sent);
    } else if (sent < 0 && errno == EAGAIN) {
      if (!WaitFor(fd_, POLLOUT, deadline)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void SocketStream::DrainBeforeClose() {
  shutdown(fd_, SHUT_WR);
  const Deadline deadline = steady_clock::now() + kDrainTime;
  for (size_t drained = 0; drained < kDrainBytes && WaitFor(fd_, POLLIN, deadline);) {
    // MSG_TRUNC: the kernel drops it without copying. Hundreds may be talking on at once.
    const ssize_t dropped = recv(fd_, nullptr, kDrainBytes, MSG_DONTWAIT | MSG_TRUNC);
    if (dropped <= 0) return;
    drained += static_cast<size_t>(dropped);
  }
}

void SocketStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = PeerAddress(fd_);
  port = 0;
}

// Nothing of ours asks which of the machine's addresses was called.
void SocketStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

std::string PeerAddress(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
  } else if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
    inet_ntop(mapped ? AF_INET : AF_INET6, v6->sin6_addr.s6_addr + (mapped ? 12 : 0), text,
              sizeof(text));
  }
  return text;
}

}  // namespace fsft::gateway::http
