// An order as JSON, and the fields that may be missing.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "gateway/backend.h"

namespace fsft::gateway {

nlohmann::ordered_json TimeOrNull(bool present, const google::protobuf::Timestamp& time);
nlohmann::ordered_json TextOrNull(const std::string& text);

// What a person may know who has nothing but the order's id, or the citation and the email address.
nlohmann::ordered_json OrderJson(const payment::GetOrderResponse& order);

}  // namespace fsft::gateway
