// A letter as lists show it to operators.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "fightsftickets/fulfillment/v1/admin.pb.h"

namespace fsft::gateway {

// The same names for every letter, in the same order: they are also the columns of a file.
nlohmann::ordered_json LetterJson(const fightsftickets::fulfillment::v1::ListedLetter& letter);

}  // namespace fsft::gateway
