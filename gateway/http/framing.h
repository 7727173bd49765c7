// Where a request's body ends. Two ways to read that out of one request are how requests are
// smuggled past a proxy, so whatever is ambiguous is refused before anything else looks at the
// request.
#pragma once

#include <cstdint>
#include <optional>

#include "gateway/http/message.h"

namespace fsft::gateway::http {

struct Framing {
  // Transfer-Encoding: chunked.
  bool chunked = false;
  // Content-Length, when there is one.
  std::optional<uint64_t> length;

  // True when bytes follow the head.
  bool HasBody() const { return chunked || length.value_or(0) > 0; }
  // True when the client said how its body ends, be it an empty one.
  bool Stated() const { return chunked || length.has_value(); }
};

// Of a head that IsUnambiguous. nullopt for differing or malformed lengths, for a length beside a
// transfer encoding, and for any encoding but chunked: answer 400 and close. Equal repeated lengths
// are one length (RFC 9112, 6.3).
std::optional<Framing> ReadFraming(const Request& request);

}  // namespace fsft::gateway::http
