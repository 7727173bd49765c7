// A JSON answer.
#pragma once

#include <nlohmann/json.hpp>

#include "gateway/http/message.h"

namespace fsft::gateway {

inline http::Response JsonResponse(const nlohmann::ordered_json& json, int status = 200) {
  // "replace": a stray byte in one of a service's texts costs that character, not the answer.
  return {status, "application/json",
          json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)};
}

}  // namespace fsft::gateway
