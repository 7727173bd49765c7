#include "tests/sandbox/sandbox.h"

#include <httplib.h>
#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/sandbox/api/api.h"
#include "tests/sandbox/control/routes.h"
#include "tests/sandbox/lob/dialect.h"
#include "tests/sandbox/lob/routes.h"
#include "tests/sandbox/pages/routes.h"
#include "tests/sandbox/sandbox_clock.h"
#include "tests/sandbox/smtp/server.h"
#include "tests/sandbox/stripe/dialect.h"
#include "tests/sandbox/stripe/routes.h"
#include "tests/sandbox/webhooks/signature.h"

namespace fsft::sandbox {
namespace {

constexpr size_t kKeptRecords = 10'000;
constexpr size_t kMaxBody = 32 << 20;

std::string LocalUrl(int port) { return "http://127.0.0.1:" + std::to_string(port); }

// httplib's default is SO_REUSEPORT, with which a second sandbox would share the port in silence.
void ReuseAddressOnly(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

void Configure(httplib::Server& server, size_t threads) {
  // A thread per open connection, and a held answer keeps its thread: there must be plenty. They
  // cost little until they are used.
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_socket_options(ReuseAddressOnly);
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(100'000'000);
  server.set_keep_alive_timeout(30);
  server.set_payload_max_length(kMaxBody);
}

WebhookSender::Options SenderOptions(const std::string& operation, WebhookSender::Signer sign,
                                     const Options& options) {
  WebhookSender::Options sender;
  sender.operation = operation;
  sender.sign = std::move(sign);
  sender.retry_base = options.retry_base;
  return sender;
}

}  // namespace

// Everything that lives while the server does. The members' order is the order in which they need
// each other; what has threads of its own is stopped by hand, in ~Running.
class Sandbox::Running {
 public:
  Running(const Options& options, std::unique_ptr<httplib::Server> server, int port)
      : port_(port),
        kept_(options.record ? kKeptRecords : 0),
        stripe_sender_(SenderOptions("stripe.webhook", SignForStripe, options), knobs_,
                       stripe_attempts_),
        lob_sender_(SenderOptions("lob.webhook", SignForLob, options), knobs_, lob_attempts_),
        account_(options.public_url.empty() ? LocalUrl(port) : options.public_url, clock_,
                 stripe_sender_),
        letters_(options.public_url.empty() ? LocalUrl(port) : options.public_url,
                 options.kept_letters, clock_, lob_sender_),
        server_(std::move(server)) {
    stripe_sender_.SetEndpoint(options.stripe);
    lob_sender_.SetEndpoint(options.lob);
    stripe::AddRoutes(*server_, stripe_api_, account_);
    lob::AddRoutes(*server_, lob_api_, letters_);
    AddPages(*server_, account_, letters_, mails_);
    AddControl(*server_, {clock_,
                          knobs_,
                          account_,
                          stripe_dialect_,
                          lob_dialect_,
                          letters_,
                          lob_keys_,
                          mails_,
                          {stripe_sender_, stripe_requests_, stripe_attempts_},
                          {lob_sender_, lob_requests_, lob_attempts_}});
    serving_ = std::thread([this] { server_->listen_after_bind(); });
    expiring_ = std::thread([this] { ExpireSessions(); });
    server_->wait_until_ready();
  }

  // First whatever a request's thread may wait for, then the requests, then the rest.
  ~Running() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      stop_.notify_all();
    }
    knobs_.Stop();
    for (Records* records :
         {&stripe_requests_, &stripe_attempts_, &lob_requests_, &lob_attempts_, &mails_}) {
      records->Stop();
    }
    letters_.Stop();
    mail_server_.Stop();
    server_->stop();
    serving_.join();
    expiring_.join();
    stripe_sender_.Stop();
    lob_sender_.Stop();
  }

  absl::Status TakeMail(int port) { return mail_server_.Start(port); }

  int port() const { return port_; }
  int smtp_port() const { return mail_server_.port(); }

 private:
  // So that the webhook of an expired session goes out although nobody looks at it.
  void ExpireSessions() {
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) {
      account_.ExpireDue();
    }
  }

  const int port_;
  const size_t kept_;
  SandboxClock clock_;
  Knobs knobs_;
  Records stripe_requests_{kept_}, stripe_attempts_{kept_}, lob_requests_{kept_},
      lob_attempts_{kept_}, mails_{kept_};
  smtp::Server mail_server_{{}, knobs_, mails_};
  WebhookSender stripe_sender_, lob_sender_;
  stripe::Account account_;
  lob::Letters letters_;
  stripe::StripeDialect stripe_dialect_;
  lob::LobDialect lob_dialect_;
  IdempotencyStore stripe_keys_{clock_}, lob_keys_{clock_};
  Api stripe_api_{stripe_dialect_, stripe_keys_, knobs_, stripe_requests_};
  Api lob_api_{lob_dialect_, lob_keys_, knobs_, lob_requests_};
  std::unique_ptr<httplib::Server> server_;

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread serving_, expiring_;
};

Sandbox::Sandbox(Options options) : options_(std::move(options)) {}

Sandbox::~Sandbox() { Stop(); }

absl::Status Sandbox::Start() {
  auto server = std::make_unique<httplib::Server>();
  Configure(*server, options_.threads);
  const std::string host = "127.0.0.1";  // never another: it answers whoever asks
  int port = options_.port;
  if (port == 0) {
    port = server->bind_to_any_port(host);
  } else if (!server->bind_to_port(host, port)) {
    port = -1;
  }
  if (port <= 0) {
    return absl::UnavailableError("cannot listen on port " + std::to_string(options_.port));
  }
  running_ = std::make_unique<Running>(options_, std::move(server), port);
  if (options_.smtp_port < 0) return absl::OkStatus();
  return running_->TakeMail(options_.smtp_port);
}

int Sandbox::port() const { return running_->port(); }
int Sandbox::smtp_port() const { return running_->smtp_port(); }
std::string Sandbox::url() const { return LocalUrl(port()); }
void Sandbox::Stop() { running_.reset(); }

}  // namespace fsft::sandbox
