#pragma once

#include <string>

#include "tests/sandbox/api/call.h"

namespace fsft::sandbox::lob {

Answer ErrorAnswer(int status, const std::string& code, const std::string& message);
[[noreturn]] void Refuse(int status, const std::string& code, const std::string& message);
// 422: the piece itself is wrong.
[[noreturn]] void RefuseInvalid(const std::string& message, const std::string& code = "invalid");

}  // namespace fsft::sandbox::lob
