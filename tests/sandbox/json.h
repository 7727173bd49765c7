#pragma once

#include <nlohmann/json.hpp>

namespace fsft::sandbox {

using Json = nlohmann::json;

}  // namespace fsft::sandbox
