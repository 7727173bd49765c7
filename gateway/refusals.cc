#include "gateway/refusals.h"

namespace fsft::gateway {
namespace {

// In the order of Refusal.
constexpr std::array<const char*, kRefusals> kReasons = {
    "client_rate",        "wrong_tokens", "work",      "body_too_large", "body_too_slow",
    "body_broken",        "body_memory",  "malformed", "head_too_slow",  "head_too_large",
    "client_connections", "connections",  "made_room"};

}  // namespace

Refusals::Refusals(metrics::Registry& registry) {
  for (size_t i = 0; i < kRefusals; ++i) {
    counters_[i] =
        &registry.AddCounter("http_refusals_total",
                             "Requests and connections that were turned away to protect the rest.",
                             {{"reason", kReasons[i]}});
  }
}

}  // namespace fsft::gateway
