#include "tests/bench/load/clients.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace fsft::bench {

namespace {

using std::chrono::steady_clock;

constexpr int kTooMuchToDo = 503;

int Check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

Clients::Clients(const Options& options, const Requests& requests, Findings& findings)
    : options_(options),
      requests_(requests),
      findings_(findings),
      epoll_(Check(epoll_create1(0), "epoll_create1")),
      clients_(options.count) {}

Clients::~Clients() {
  for (Client& client : clients_) Close(client);
  close(epoll_);
}

size_t Clients::Run() {
  for (Client& client : clients_) Connect(client);
  end_ = steady_clock::now() + options_.time;
  for (Client& client : clients_) {
    if (Begin(client)) ++busy_;
  }
  std::array<epoll_event, 256> events;
  while (busy_ > 0) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), /*timeout=*/-1);
    for (int i = 0; i < count; ++i)
      OnEvent(*static_cast<Client*>(events[i].data.ptr), events[i].events);
  }
  return sent_;
}

// Blocking, as the server is on this machine; before the first request, or when one was closed.
void Clients::Connect(Client& client) {
  client.fd = Check(socket(AF_INET, SOCK_STREAM, 0), "socket");
  Check(connect(client.fd, reinterpret_cast<const sockaddr*>(&options_.server),
                sizeof(options_.server)),
        "connect");
  const int on = 1;
  Check(setsockopt(client.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "TCP_NODELAY");
  epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = &client}};
  Check(epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event), "epoll_ctl");
}

void Clients::Close(Client& client) {
  if (client.fd >= 0) close(client.fd);
  client.fd = -1;
}

bool Clients::Begin(Client& client) {
  client.request = {};
  if (sent_ == requests_.size() && !options_.again) return false;
  if (steady_clock::now() >= end_) return false;
  client.request = requests_[sent_++ % requests_.size()];
  Send(client);
  return true;
}

void Clients::Send(Client& client) {
  client.answer.Clear();
  client.begun = steady_clock::now();
  client.unsent = client.request.size();
  Write(client);
}

void Clients::Write(Client& client) {
  while (client.unsent > 0) {
    const std::string_view rest = client.request.substr(client.request.size() - client.unsent);
    const ssize_t n = send(client.fd, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) return;  // no room yet, or broken: reading will tell
    client.unsent -= n;
  }
}

void Clients::OnEvent(Client& client, uint32_t events) {
  if ((events & EPOLLOUT) != 0) Write(client);
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) != 0) Read(client);
}

void Clients::Read(Client& client) {
  std::array<char, 16384> buffer;
  for (;;) {
    const ssize_t n = recv(client.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (n <= 0 || client.request.empty()) return Fail(client);
    if (!client.answer.Feed({buffer.data(), static_cast<size_t>(n)})) return Fail(client);
    if (client.answer.complete()) return Finish(client);
  }
}

// The server may end the connection of a client that is done.
void Clients::Fail(Client& client) {
  const bool under_way = !client.request.empty();
  Close(client);
  if (!under_way) return;
  findings_.AddError();
  Connect(client);
  if (!Begin(client)) --busy_;
}

void Clients::Finish(Client& client) {
  findings_.Add(client.answer.status(), steady_clock::now() - client.begun, client.answer.body());
  const bool again = client.answer.status() == kTooMuchToDo && steady_clock::now() < end_;
  if (client.answer.last()) {
    Close(client);
    Connect(client);
  }
  if (again) {
    Send(client);
  } else if (!Begin(client)) {
    --busy_;
  }
}

}  // namespace fsft::bench
