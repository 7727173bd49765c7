// What a client says it can read (RFC 9110, 12.5). As lenient as the field is: what cannot be
// understood says nothing.
#pragma once

#include <string_view>

#include "gateway/http/message.h"

namespace fsft::gateway {

// Whether an answer of the type ("application/json") may be sent: true unless Accept leaves it out
// or gives it a quality of 0.
bool AcceptsType(const http::Request& request, std::string_view type);

// Whether gzip is wanted: named or by "*", not of quality 0, and not liked less than plain.
bool AcceptsGzip(const http::Request& request);

}  // namespace fsft::gateway
