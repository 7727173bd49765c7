// From whom a request is, as far as that can be known.
#pragma once

#include "gateway/http/ip.h"
#include "gateway/http/message.h"

namespace fsft::gateway::http {

// The peer of the connection, or, where that is one of our own proxies, whom the proxies say they
// have it from: X-Forwarded-For read from its end, because each proxy adds to it what it has seen,
// and what a client wrote into it stands before that. Ends at the first address that is no proxy of
// ours, and before what is no address. All zeros for a peer that has gone.
Ip ClientAddress(const Request& request, const Networks& trusted_proxies);

}  // namespace fsft::gateway::http
