#include "tests/sandbox/smtp/server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace fsft::sandbox::smtp {

Server::~Server() { Stop(); }

absl::Status Server::Start(int port) {
  constexpr int kBacklog = 64;
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, kBacklog) != 0 ||
      getsockname(listener_, any, &size) != 0) {
    return absl::UnavailableError("cannot listen on port " + std::to_string(port));
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
  return absl::OkStatus();
}

void Server::Stop() {
  if (listener_ < 0) return;
  shutdown(listener_, SHUT_RDWR);
  if (accepting_.joinable()) accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const Connection& connection : connections_) shutdown(connection.socket, SHUT_RDWR);
  }
  for (Connection& connection : connections_) {
    connection.thread.join();
    close(connection.socket);
  }
  connections_.clear();
  close(listener_);
  listener_ = -1;
}

void Server::Accept() {
  for (int socket; (socket = accept(listener_, nullptr, nullptr)) >= 0;) {
    const std::lock_guard lock(mutex_);
    DropOver();
    Connection& connection = connections_.emplace_back();
    connection.socket = socket;
    connection.thread = std::thread([this, &connection] { Serve(connection); });
  }
}

// Closed only here, so that the socket's number is not used again under a thread that ends.
void Server::DropOver() {
  connections_.remove_if([](Connection& connection) {
    if (!connection.is_over) return false;
    connection.thread.join();
    close(connection.socket);
    return true;
  });
}

void Server::Serve(Connection& connection) {
  Stream stream(connection.socket);
  Session(stream, manner_, knobs_, mails_).Run();
  shutdown(connection.socket, SHUT_RDWR);
  connection.is_over = true;
}

}  // namespace fsft::sandbox::smtp
