#pragma once

#include <cstdint>

namespace fsft::ids {

// 64 bits from OpenSSL's generator, fetched in batches per thread: a call for each id would cost
// more than the id. For ids, span ids and jitter. Keys and nonces come from crypto::RandomBytes,
// which leaves no copy in a buffer. A process that forks would share the rest of its buffer with
// its child; ours do not fork.
uint64_t RandomWord();

}  // namespace fsft::ids
