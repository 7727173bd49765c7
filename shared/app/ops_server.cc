#include "shared/app/ops_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <mutex>
#include <thread>
#include <utility>

#include "shared/app/address.h"
#include "shared/metrics/metrics.h"

namespace fsft::app {
namespace {

constexpr size_t kThreads = 4;
constexpr size_t kMaxWaiting = 32;
constexpr time_t kPatienceSeconds = 2;

// A probe or a scrape is one small request. What is slower or bigger must not keep a thread from
// the next probe, or the program would be restarted for it; hence also no keep-alive: an idle
// connection holds its thread.
void Bound(httplib::Server& http) {
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads, kMaxWaiting); };
  http.set_keep_alive_max_count(1);
  http.set_read_timeout(kPatienceSeconds);
  http.set_write_timeout(kPatienceSeconds);
  http.set_payload_max_length(0);
  http.set_tcp_nodelay(true);
  // Not httplib's default, SO_REUSEPORT: with it a second process takes half of the first one's
  // connections instead of failing at its start.
  http.set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
}

}  // namespace

struct OpsServer::Impl {
  explicit Impl(metrics::Registry& registry)
      : metrics(registry),
        ready_gauge(registry.AddGauge(
            "fsft_ready",
            "1 while the program can answer, 0 before it is up and while it drains.")) {}

  bool Ready() {
    const std::lock_guard lock(mutex);
    return ready && ready();
  }

  void AddRoutes();

  const metrics::Registry& metrics;
  metrics::Gauge& ready_gauge;
  httplib::Server http;
  std::thread thread;
  int port = 0;

  std::mutex mutex;
  std::function<bool()> ready;  // guarded by mutex, also while it runs: ReadyScope waits for it
};

void OpsServer::Impl::AddRoutes() {
  http.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
    ready_gauge.Set(Ready() ? 1 : 0);
    response.set_content(metrics.Serialize(), "text/plain; version=0.0.4; charset=utf-8");
  });
  http.Get("/health", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"status":"ok"})", "application/json");
  });
  http.Get("/health/ready", [this](const httplib::Request&, httplib::Response& response) {
    const bool ready = Ready();
    response.status = ready ? 200 : 503;
    response.set_content(ready ? R"({"status":"ready"})" : R"({"status":"not_ready"})",
                         "application/json");
  });
}

OpsServer::OpsServer(metrics::Registry& metrics) : impl_(std::make_unique<Impl>(metrics)) {
  Bound(impl_->http);
  impl_->AddRoutes();
}

OpsServer::~OpsServer() {
  if (!impl_->thread.joinable()) return;
  // stop() before the loop runs would be forgotten.
  impl_->http.wait_until_ready();
  impl_->http.stop();
  impl_->thread.join();
}

absl::Status OpsServer::Start(const std::string& address) {
  const std::optional<Address> parsed = ParseAddress(address);
  if (!parsed) return absl::InvalidArgumentError("ops address is not host:port: " + address);
  if (parsed->port == 0) {
    impl_->port = impl_->http.bind_to_any_port(parsed->host);
  } else if (impl_->http.bind_to_port(parsed->host, parsed->port)) {
    impl_->port = parsed->port;
  }
  if (impl_->port <= 0) return absl::UnavailableError("cannot listen on ops address " + address);
  impl_->thread = std::thread([this] { impl_->http.listen_after_bind(); });
  return absl::OkStatus();
}

int OpsServer::port() const { return impl_->port; }

ReadyScope::ReadyScope(OpsServer& ops, std::function<bool()> ready) : ops_(ops) {
  const std::lock_guard lock(ops_.impl_->mutex);
  ops_.impl_->ready = std::move(ready);
}

ReadyScope::~ReadyScope() {
  const std::lock_guard lock(ops_.impl_->mutex);
  ops_.impl_->ready = nullptr;
}

}  // namespace fsft::app
