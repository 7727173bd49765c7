// The real backend: gRPC with mutual TLS.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "gateway/backend.h"
#include "shared/config/config.h"
#include "shared/metrics/metrics.h"

namespace fsft::gateway {

// INVALID_ARGUMENT when the TLS files cannot be used. Services that are not there yet are found
// later.
absl::StatusOr<std::unique_ptr<Backend>> OpenRpcBackend(const config::Config& config,
                                                        metrics::Registry& metrics);

}  // namespace fsft::gateway
