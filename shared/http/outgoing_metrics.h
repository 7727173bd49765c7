#pragma once

#include <string>

#include "shared/http/client.h"
#include "shared/metrics/metrics.h"

namespace fsft::http {

// outgoing_request_duration_seconds{to,outcome}: how long third parties take, and what comes of it:
// the class of the status ("2xx"), or "not_sent", "timed_out" or "broken". For
// ClientOptions::observe; `registry` outlives the client.
Observe MeasuredAs(metrics::Registry& registry, const std::string& to);

}  // namespace fsft::http
