// Reads the body of a request. httplib would read it too, and more kindly: to it
// "-fffffffffffffffb", "0x5" and " 5" are lengths of chunks, which a proxy in front of us may take
// for something else.
#pragma once

#include <httplib.h>

#include <optional>
#include <string>

#include "gateway/http/body_memory.h"
#include "gateway/http/exchange.h"
#include "gateway/http/framing.h"

namespace fsft::gateway::http {

// Appends at most `limit` bytes to `body`, as `framing` announces them; trailers are read and
// dropped. Why not, otherwise: kTooLarge as soon as that is known, kNoRoom when `memory` has none,
// kBroken for anything else, be it that the stream ends or that its deadline is over.
std::optional<BodyFailure> ReadBody(httplib::Stream& stream, const Framing& framing, size_t limit,
                                    BodyMemory::Share& memory, std::string& body);

}  // namespace fsft::gateway::http
