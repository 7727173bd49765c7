// gateway: the suite's edge. JSON over HTTP in front, gRPC behind; no database, no business rule.
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <utility>

#include "gateway/admin_tokens.h"
#include "gateway/gateway.h"
#include "gateway/http/server.h"
#include "gateway/probe.h"
#include "gateway/rpc_backend.h"
#include "shared/app/app.h"
#include "shared/logging/logging.h"

namespace fsft::gateway {
namespace {

// Longer than any route's deadline; shorter than what Kubernetes grants
// (tests/manifests/stopping.py).
constexpr std::chrono::seconds kDrainTime{32};

// What a large body has taken goes back to the kernel with it. By default glibc soon keeps such
// blocks, in a heap for each few of hundreds of threads.
void GiveMemoryBack() {
  mallopt(M_ARENA_MAX, 4);
  mallopt(M_MMAP_THRESHOLD, 64 << 10);
  mallopt(M_TRIM_THRESHOLD, 256 << 10);
}

// A load test comes from one address.
size_t MostClientConnections(const config::Config& config) {
  return config.rate_limits == "off" ? 0 : static_cast<size_t>(config.client_connections);
}

absl::Status Serve(app::App& app) {
  auto rates = RateLimits::Parse(app.config().rate_limits, Routes());
  if (!rates.ok()) return rates.status();
  auto backend = OpenRpcBackend(app.config(), app.metrics());
  if (!backend.ok()) return backend.status();
  Probe probe(**backend);
  AdminTokens tokens(app.config().admin_tokens_file);
  const http::Networks proxies(app.config().trusted_proxies);
  ClientLimits limits(*std::move(rates), proxies);
  Gateway gateway(Routes(), Services{**backend, probe}, tokens, app.metrics(),
                  {.cors_origins = app.config().cors_origins,
                   .https = app.config().public_url.starts_with("https://")},
                  &limits);
  http::Server server({.address = app.config().http_address,
                       .max_client_connections = MostClientConnections(app.config()),
                       .trusted_proxies = proxies},
                      gateway);

  probe.Start();
  if (absl::Status status = server.Start(); !status.ok()) return status;
  // Kubernetes asks whether this process can answer; whether the suite can is /health/ready's
  // question, and taking every gateway out because a service is down would turn clear errors into
  // refused connections. Before the first look around, the health routes would answer nonsense.
  const app::ReadyScope ready(app.ops(), [&] { return server.accepting() && probe.HasLooked(); });
  logging::Info("serving", {{"address", app.config().http_address}, {"port", server.port()}});

  app.WaitForSignal();
  if (!server.Stop(std::chrono::steady_clock::now() + kDrainTime)) {
    // A thread cannot be ended from outside, and nothing here needs to be put away: state is in the
    // services.
    logging::Warning("requests under way are cut off");
    std::_Exit(0);
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace fsft::gateway

int main(int argc, char** argv) {
  fsft::gateway::GiveMemoryBack();
  return fsft::app::Main(argc, argv, "gateway",
                         {"FSFT_HTTP_ADDRESS", "FSFT_INTAKE_TARGET", "FSFT_PAYMENT_TARGET",
                          "FSFT_FULFILLMENT_TARGET", "FSFT_TLS_DIR"},
                         fsft::gateway::Serve);
}
