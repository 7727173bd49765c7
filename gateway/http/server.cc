#include "gateway/http/server.h"

#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>

#include "gateway/http/connection_threads.h"
#include "gateway/http/raw_head.h"
#include "gateway/http/socket_stream.h"
#include "gateway/http/translate.h"
#include "shared/app/address.h"

namespace fsft::gateway::http {
namespace {

using std::chrono::steady_clock;
using HandlerResponse = httplib::Server::HandlerResponse;

// Threads beyond the connections that are served, for telling the others that there is no room.
constexpr size_t kRefusingThreads = 64;
// The slowest client that large bodies are still taken from, in bytes.
constexpr size_t kSlowestPerSecond = 128 << 10;

// A connection and the request that it is at.
struct Connection {
  Connection(int fd, std::chrono::milliseconds write_timeout)
      : fd(fd), stream(fd, write_timeout), peer(PeerAddress(fd)) {}

  void ForgetRequest() {
    exchange.reset();
    answered = close = last = false;
  }

  const int fd;
  SocketStream stream;
  const std::string peer;
  // Between two requests: Stop() may end it.
  std::atomic<bool> idle{false};

  // nullptr while a head is being read, and for one whose framing was refused.
  std::unique_ptr<Exchange> exchange;
  Framing framing;
  // Whether the answer is ours; what httplib refuses by itself has none yet.
  bool answered = false;
  // The rest of the input cannot be told from the next request.
  bool close = false;
  // The client has said that it will send no other.
  bool last = false;
};

// httplib hands its callbacks a request and an answer but not the connection, and one thread serves
// one connection.
thread_local Connection* current = nullptr;

// Our answer into httplib's.
void Fill(httplib::Response& out, Response response) {
  current->answered = true;
  ToHttplib(std::move(response), out);
}

}  // namespace

class Server::Listener final : public httplib::Server {
 public:
  Listener(ServerOptions options, Application& application);

  absl::Status Listen();
  void Run();
  bool StopAndWait(const steady_clock::time_point* deadline);

  int port() const { return port_; }
  bool accepting() const { return accepting_; }

 private:
  bool process_and_close_socket(socket_t fd) override;
  void Serve(Connection& connection);
  bool ServeRequest(Connection& connection);
  void BeginRequest(Connection& connection, httplib::Request& raw);
  HandlerResponse OnHead(httplib::Response& out);
  void OnBody(httplib::Response& out, const httplib::ContentReader& reader);
  int OnExpectContinue(httplib::Response& out);
  void OnError(httplib::Response& out);

  bool Enter(Connection& connection);
  void Leave(Connection& connection);

  const ServerOptions options_;
  Application& application_;
  int port_ = 0;
  std::thread thread_;
  std::atomic<bool> accepting_{false};
  std::atomic<bool> stopping_{false};

  std::mutex mutex_;
  std::condition_variable finished_changed_;
  bool finished_ = true;
  std::unordered_set<Connection*> connections_;
};

Server::Listener::Listener(ServerOptions options, Application& application)
    : options_(std::move(options)), application_(application) {
  new_task_queue = [this] {
    return new ConnectionThreads(options_.max_connections + kRefusingThreads);
  };
  set_tcp_nodelay(true);
  // httplib's default is SO_REUSEPORT, with which a second gateway silently takes half of the
  // connections.
  set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  });
  set_header_writer([](httplib::Stream& stream, httplib::Headers& headers) {
    const std::string text = FormatHeaders(headers, current->close || current->last);
    return stream.write(text.data(), text.size());
  });
  set_pre_routing_handler(
      [this](const httplib::Request&, httplib::Response& out) { return OnHead(out); });
  const auto on_body = [this](const httplib::Request&, httplib::Response& out,
                              const httplib::ContentReader& reader) { OnBody(out, reader); };
  Post("/", on_body).Put("/", on_body).Patch("/", on_body).Delete("/", on_body);
  set_expect_100_continue_handler(
      [this](const httplib::Request&, httplib::Response& out) { return OnExpectContinue(out); });
  set_error_handler([this](const httplib::Request&, httplib::Response& out) {
    OnError(out);
    return HandlerResponse::Handled;
  });
  set_exception_handler(
      [this](const httplib::Request&, httplib::Response& out, const std::exception_ptr&) {
        current->close = true;
        Fill(out, application_.AnswerUnreadable(500));
      });
}

absl::Status Server::Listener::Listen() {
  const auto address = app::ParseAddress(options_.address);
  if (!address) return absl::InvalidArgumentError("not an address: " + options_.address);
  port_ = address->port;
  const bool bound = address->port == 0 ? (port_ = bind_to_any_port(address->host)) > 0
                                        : bind_to_port(address->host, address->port);
  if (!bound) return absl::UnavailableError("cannot listen on " + options_.address);
  finished_ = false;
  thread_ = std::thread([this] { Run(); });
  wait_until_ready();
  accepting_ = true;
  return absl::OkStatus();
}

void Server::Listener::Run() {
  listen_after_bind();
  accepting_ = false;
  const std::lock_guard lock(mutex_);
  finished_ = true;
  finished_changed_.notify_all();
}

bool Server::Listener::StopAndWait(const steady_clock::time_point* deadline) {
  accepting_ = false;
  // httplib asserts that it is told once.
  if (!stopping_.exchange(true)) stop();
  std::unique_lock lock(mutex_);
  for (Connection* connection : connections_) {
    // Wakes the wait for the next request. One whose first byte has just come is still read and
    // answered.
    if (connection->idle) shutdown(connection->fd, SHUT_RD);
  }
  const auto finished = [this] { return finished_; };
  if (deadline == nullptr) {
    finished_changed_.wait(lock, finished);
  } else if (!finished_changed_.wait_until(lock, *deadline, finished)) {
    return false;
  }
  lock.unlock();
  if (thread_.joinable()) thread_.join();
  return true;
}

bool Server::Listener::Enter(Connection& connection) {
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= options_.max_connections) return false;
  connections_.insert(&connection);
  return true;
}

void Server::Listener::Leave(Connection& connection) {
  const std::lock_guard lock(mutex_);
  connections_.erase(&connection);
}

// In place of httplib's, which polls every idle connection a hundred times a second and goes on
// reading after a body that it left lying.
bool Server::Listener::process_and_close_socket(socket_t fd) {
  {
    Connection connection(fd, options_.write_timeout);
    current = &connection;
    if (Enter(connection)) {
      Serve(connection);
      Leave(connection);
    } else {
      const std::string busy = Serialize(application_.AnswerUnreadable(503));
      connection.stream.write(busy.data(), busy.size());
      connection.close = connection.stream.Flush();
    }
    if (connection.close) connection.stream.DrainBeforeClose();
    current = nullptr;
  }
  close(fd);
  return true;
}

void Server::Listener::Serve(Connection& connection) {
  for (;;) {
    connection.idle = true;
    // After `idle` is set, or Stop() could miss this connection between the two.
    if (stopping_) return;
    const bool more = connection.stream.WaitForInput(steady_clock::now() + options_.idle_timeout);
    connection.idle = false;
    if (!more || !ServeRequest(connection)) return;
  }
}

// False when the connection ends with this request.
bool Server::Listener::ServeRequest(Connection& connection) {
  connection.ForgetRequest();
  connection.stream.SetReadDeadline(steady_clock::now() + options_.head_timeout);
  connection.stream.KeepHead();
  const bool last = stopping_;
  bool closed_by_client = false;
  bool served = false;
  try {
    served = process_request(connection.stream, connection.peer, 0, "", 0, last, closed_by_client,
                             [&](httplib::Request& raw) { BeginRequest(connection, raw); });
  } catch (const std::exception&) {
    // Only memory that has run out gets here; what handlers throw is answered before.
    return false;
  }
  return connection.stream.Flush() && served && !last && !closed_by_client && !connection.close &&
         !connection.last;
}

void Server::Listener::BeginRequest(Connection& connection, httplib::Request& raw) {
  Request head = TakeHead(raw, connection.peer);
  const std::optional<Framing> framing =
      IsUnambiguous(connection.stream.TakeHead()) ? ReadFraming(head) : std::nullopt;
  if (!framing) {
    connection.close = true;
    return;
  }
  connection.framing = *framing;
  for (const Header& header : head.headers)
    connection.last |= SameName(header.name, "Connection") && AsksToClose(header.value);
  connection.exchange = application_.Begin(std::move(head), *framing);
  connection.close = framing->HasBody() && !connection.exchange->BodyLimit();
}

// Everything that needs no body is answered here, before httplib looks at one.
HandlerResponse Server::Listener::OnHead(httplib::Response& out) {
  Connection& connection = *current;
  if (connection.exchange == nullptr) {
    Fill(out, application_.AnswerUnreadable(400));
  } else if (!connection.exchange->BodyLimit() || !connection.framing.HasBody()) {
    Fill(out, connection.exchange->Answer(""));
  } else {
    return HandlerResponse::Unhandled;
  }
  return HandlerResponse::Handled;
}

void Server::Listener::OnBody(httplib::Response& out, const httplib::ContentReader& reader) {
  Connection& connection = *current;
  const size_t limit = *connection.exchange->BodyLimit();
  // A promised length is believed up to the limit only; what comes decides.
  const size_t promised = std::min<uint64_t>(connection.framing.length.value_or(0), limit);
  connection.stream.SetReadDeadline(steady_clock::now() + options_.body_timeout +
                                    std::chrono::seconds(promised / kSlowestPerSecond));
  std::string body;
  bool too_large = false;
  body.reserve(promised);
  const bool complete = reader([&](const char* data, size_t size) {
    too_large = body.size() + size > limit;
    if (!too_large) body.append(data, size);
    return !too_large;
  });
  if (complete) return Fill(out, connection.exchange->Answer(std::move(body)));
  connection.close = true;
  const BodyFailure failure = too_large                       ? BodyFailure::kTooLarge
                              : connection.stream.timed_out() ? BodyFailure::kTooSlow
                                                              : BodyFailure::kBroken;
  Fill(out, connection.exchange->AnswerFailure(failure));
}

// A client that asks first is refused before it sends anything.
int Server::Listener::OnExpectContinue(httplib::Response& out) {
  Connection& connection = *current;
  if (connection.exchange != nullptr && connection.exchange->BodyLimit()) return 100;
  OnHead(out);
  return out.status;
}

// Called for every answer of 400 and above; what httplib itself refused ends the connection,
// because nobody knows where the next request begins.
void Server::Listener::OnError(httplib::Response& out) {
  Connection& connection = *current;
  if (connection.answered) return;
  connection.close = true;
  const int status = StatusOfUnreadable(connection.stream.TakeHead(), out.status);
  Fill(out, application_.AnswerUnreadable(connection.stream.timed_out() ? 408 : status));
}

Server::Server(ServerOptions options, Application& application)
    : listener_(std::make_unique<Listener>(std::move(options), application)) {}

Server::~Server() { listener_->StopAndWait(nullptr); }

absl::Status Server::Start() { return listener_->Listen(); }
int Server::port() const { return listener_->port(); }
bool Server::accepting() const { return listener_->accepting(); }
bool Server::Stop(steady_clock::time_point deadline) { return listener_->StopAndWait(&deadline); }

}  // namespace fsft::gateway::http
