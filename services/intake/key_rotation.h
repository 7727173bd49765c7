#pragma once

#include <vector>

#include "shared/rotation/renewal.h"

namespace fsft::intake {

// What intake has under keys of the ring: wrapped data keys, look-up hashes, and request keys,
// which expire.
std::vector<rotation::Rows> RowsUnderKeys();

}  // namespace fsft::intake
