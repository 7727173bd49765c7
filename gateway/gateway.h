// The gateway itself: takes a request through route, auth, limits and handler to its answer, log
// line and metrics.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/admin_tokens.h"
#include "gateway/client_limits.h"
#include "gateway/cors.h"
#include "gateway/handler.h"
#include "gateway/http/exchange.h"
#include "gateway/public_answers.h"
#include "gateway/refusals.h"
#include "gateway/request_metrics.h"
#include "gateway/router.h"
#include "gateway/routes.h"
#include "shared/rpc/gate.h"

namespace fsft::gateway {

// How browsers reach the gateway.
struct PublicSide {
  // Whose pages may read answers; see Cors.
  std::vector<std::string> cors_origins = {};
  // By HTTPS, which somebody in front of us ends.
  bool https = false;
};

class Gateway final : public http::Application {
 public:
  // All of them must outlive it. `routes` is Routes(), or a test's own table. Without `limits`
  // everybody may ask as often as they like.
  Gateway(std::span<const Route> routes, Services services, AdminTokens& tokens,
          metrics::Registry& registry, PublicSide side = {}, ClientLimits* limits = nullptr);

  std::unique_ptr<http::Exchange> Begin(http::Request head, const http::Framing& framing) override;
  http::Response AnswerUnreadable(int status) override;
  void CountMadeRoom() override { refusals_.Count(Refusal::kMadeRoom); }

 private:
  class RouteExchange;

  rpc::Gate& GateOf(Gate gate) { return gates_[static_cast<size_t>(gate)]; }

  const Router router_;
  const Services services_;
  AdminTokens& tokens_;
  const Cors cors_;
  const bool https_;
  PublicAnswers public_answers_;
  ClientLimits* const limits_;
  RequestMetrics metrics_;
  Refusals refusals_;
  std::array<rpc::Gate, kGates> gates_;
};

}  // namespace fsft::gateway
