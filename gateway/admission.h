// What a request's head says about its body and about the answer, held against what the route takes
// and gives: refused before a byte of it is read.
#pragma once

#include <optional>

#include "gateway/http/framing.h"
#include "gateway/http/message.h"
#include "gateway/problem.h"
#include "gateway/routes.h"

namespace fsft::gateway {

// 411 for a JSON or image route without length or chunks, 413 for a length above the route's limit,
// 415 for another type or a compressed body. nullopt: go on.
std::optional<Problem> RefuseBody(const Route& route, const http::Request& request,
                                  const http::Framing& framing);

// 406 for a client that cannot read what the route answers.
std::optional<Problem> RefuseAccept(const Route& route, const http::Request& request);

// Also for a body that turns out too large while it is read.
Problem BodyTooLarge(const Route& route);

}  // namespace fsft::gateway
