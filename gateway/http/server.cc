#include "gateway/http/server.h"

#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "gateway/http/body_memory.h"
#include "gateway/http/body_reader.h"
#include "gateway/http/connection_table.h"
#include "gateway/http/connection_threads.h"
#include "gateway/http/raw_head.h"
#include "gateway/http/socket_stream.h"
#include "gateway/http/translate.h"
#include "shared/app/address.h"

namespace fsft::gateway::http {
namespace {

using std::chrono::steady_clock;
using HandlerResponse = httplib::Server::HandlerResponse;

// Threads beyond the connections that are served, for those that are just leaving and for telling
// others that there is no room. Of the latter only so many stay until the client has heard it.
constexpr size_t kSpareThreads = 64;
constexpr int kPatientRefusals = 16;
// How long whoever comes waits for a thread.
constexpr std::chrono::milliseconds kPatience{1000};
// The slowest client that large bodies are still taken from, in bytes.
constexpr size_t kSlowestPerSecond = 128 << 10;

// Whose share of the connections it takes; nullopt when nobody's.
std::optional<Ip> CountedClient(const std::string& peer, const ServerOptions& options) {
  const std::optional<Ip> ip = ParseIp(peer);
  if (!ip || options.trusted_proxies.Contain(*ip)) return std::nullopt;
  return ClientNetwork(*ip);
}

// A connection and the request that it is at.
struct Connection {
  Connection(int fd, const ServerOptions& options, BodyMemory& body_memory)
      : stream(fd, options.write_timeout),
        peer(PeerAddress(fd)),
        client(CountedClient(peer, options)),
        seat(fd, client),
        memory(body_memory, client) {}

  // What a request has taken, as soon as it is answered: the next one may be long in coming.
  void ForgetRequest() {
    exchange.reset();
    memory.GiveBack();
    answered = false;
  }

  SocketStream stream;
  const std::string peer;
  const std::optional<Ip> client;
  Seat seat;
  // Of the body that is read or worked on.
  BodyMemory::Share memory;

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

// Our answer into httplib's, which sends it.
void Fill(httplib::Response& out, Response response) {
  current->answered = true;
  current->seat.AwaitClient();
  ToHttplib(std::move(response), out);
}

// The answer to a request that has arrived. One whose connection was ended for another is not
// begun.
Response Answer(Connection& connection, std::string body) {
  if (!connection.seat.Work()) return connection.exchange->AnswerFailure(BodyFailure::kBroken);
  return connection.exchange->Answer(std::move(body));
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
  void OnBody(httplib::Response& out);
  int OnExpectContinue(httplib::Response& out);
  void OnError(httplib::Response& out);

  void Refuse(Connection& connection, int status);
  int UnreadableStatus(const Connection& connection, int status) const;

  const ServerOptions options_;
  Application& application_;
  int port_ = 0;
  std::thread thread_;
  std::atomic<bool> accepting_{false};
  std::atomic<bool> stopping_{false};

  std::mutex mutex_;
  std::condition_variable finished_changed_;
  bool finished_ = true;

  ConnectionTable table_;
  BodyMemory body_memory_;
  std::atomic<int> patient_refusals_{0};
};

Server::Listener::Listener(ServerOptions options, Application& application)
    : options_(std::move(options)),
      application_(application),
      table_(options_.max_connections, options_.max_client_connections),
      body_memory_(options_.body_memory) {
  new_task_queue = [this] {
    return new ConnectionThreads(options_.max_connections + kSpareThreads, kPatience);
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
                              const httplib::ContentReader&) { OnBody(out); };
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
  // One whose first byte has just come is still read and answered.
  table_.EndIdle();
  std::unique_lock lock(mutex_);
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

// In place of httplib's, which polls every idle connection a hundred times a second and goes on
// reading after a body that it left lying.
bool Server::Listener::process_and_close_socket(socket_t fd) {
  {
    Connection connection(fd, options_, body_memory_);
    current = &connection;
    using Verdict = ConnectionTable::Verdict;
    switch (table_.Enter(connection.seat)) {
      case Verdict::kMadeRoom:
        application_.CountMadeRoom();
        [[fallthrough]];
      case Verdict::kWelcome:
        Serve(connection);
        if (connection.close) connection.stream.DrainBeforeClose();
        table_.Leave(connection.seat);
        break;
      case Verdict::kTooManyOfClient:
        Refuse(connection, 429);
        break;
      case Verdict::kFull:
        Refuse(connection, 503);
    }
    current = nullptr;
  }
  close(fd);
  return true;
}

// Costs a client that floods us more than us: some of those refused are closed at once, although
// what they have sent may then overtake the answer.
void Server::Listener::Refuse(Connection& connection, int status) {
  const std::string refusal = Serialize(application_.AnswerUnreadable(status));
  connection.stream.write(refusal.data(), refusal.size());
  const bool patient = ++patient_refusals_ <= kPatientRefusals;
  if (connection.stream.Flush() && patient) connection.stream.DrainBeforeClose();
  --patient_refusals_;
}

void Server::Listener::Serve(Connection& connection) {
  for (;;) {
    if (!connection.seat.AwaitClient(/*idle=*/true)) return;
    // After that, or Stop() could miss this connection between the two.
    if (stopping_) return;
    const bool more = connection.stream.WaitForInput(steady_clock::now() + options_.idle_timeout);
    if (!more || !connection.seat.AwaitClient()) return;
    const bool next = ServeRequest(connection);
    connection.ForgetRequest();
    if (!next) return;
  }
}

// False when the connection ends with this request.
bool Server::Listener::ServeRequest(Connection& connection) {
  connection.close = connection.last = false;
  connection.stream.SetReadDeadline(steady_clock::now() + options_.head_timeout);
  connection.stream.BeginHead();
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
  // httplib says nothing to a first line that does not end.
  if (const int status = UnreadableStatus(connection, 0); !connection.answered && status != 0) {
    const std::string refusal = Serialize(application_.AnswerUnreadable(status));
    connection.stream.write(refusal.data(), refusal.size());
    connection.close = true;
  }
  return connection.stream.Flush() && served && !last && !closed_by_client && !connection.close &&
         !connection.last;
}

// What is wrong with what could not be read to its end; `status` when it is neither size nor time.
int Server::Listener::UnreadableStatus(const Connection& connection, int status) const {
  const int refusal = connection.stream.head_refusal();
  if (refusal != 0) return refusal;
  return connection.stream.timed_out() ? 408 : status;
}

void Server::Listener::BeginRequest(Connection& connection, httplib::Request& raw) {
  const std::string text = connection.stream.EndHead();
  Request head = TakeHead(raw, connection.peer);
  const std::optional<Framing> framing = IsUnambiguous(text) ? ReadFraming(head) : std::nullopt;
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
    Fill(out, Answer(connection, ""));
  } else {
    return HandlerResponse::Unhandled;
  }
  return HandlerResponse::Handled;
}

void Server::Listener::OnBody(httplib::Response& out) {
  Connection& connection = *current;
  const size_t limit = *connection.exchange->BodyLimit();
  const size_t promised = std::min<uint64_t>(connection.framing.length.value_or(0), limit);
  connection.stream.SetReadDeadline(steady_clock::now() + options_.body_timeout +
                                    std::chrono::seconds(promised / kSlowestPerSecond));
  connection.seat.AwaitClient();
  std::string body;
  std::optional<BodyFailure> failure =
      ReadBody(connection.stream, connection.framing, limit, connection.memory, body);
  if (!failure && !connection.memory.GrowForWork(body.size())) failure = BodyFailure::kNoRoom;
  if (!failure) return Fill(out, Answer(connection, std::move(body)));
  connection.close = true;
  if (failure == BodyFailure::kBroken && connection.stream.timed_out())
    failure = BodyFailure::kTooSlow;
  Fill(out, connection.exchange->AnswerFailure(*failure));
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
  // Cut off by us, and nobody is there to hear it.
  if (connection.seat.ended()) return;
  const int status = StatusOfUnreadable(connection.stream.EndHead(), out.status);
  Fill(out, application_.AnswerUnreadable(UnreadableStatus(connection, status)));
}

Server::Server(ServerOptions options, Application& application)
    : listener_(std::make_unique<Listener>(std::move(options), application)) {}

Server::~Server() { listener_->StopAndWait(nullptr); }

absl::Status Server::Start() { return listener_->Listen(); }
int Server::port() const { return listener_->port(); }
bool Server::accepting() const { return listener_->accepting(); }
bool Server::Stop(steady_clock::time_point deadline) { return listener_->StopAndWait(&deadline); }

}  // namespace fsft::gateway::http
