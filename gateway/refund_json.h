// A refund as operators read it.
#pragma once

#include <nlohmann/json.hpp>

#include "fightsftickets/payment/v1/admin.pb.h"

namespace fsft::gateway {

nlohmann::ordered_json RefundJson(const fightsftickets::payment::v1::Refund& refund);

}  // namespace fsft::gateway
