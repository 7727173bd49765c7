#pragma once

#include <string>

#include "tests/sandbox/api/call.h"

namespace fsft::sandbox::stripe {

struct Error {
  int status = 400;
  std::string type = "invalid_request_error";
  std::string message = "";
  std::string code = "";   // left out when empty
  std::string param = "";  // left out when empty
};

Answer ErrorAnswer(const Error& error);
[[noreturn]] void Refuse(const Error& error);

// The refusals that several places need, in Stripe's words.
[[noreturn]] void RefuseInvalid(const std::string& param, const std::string& message,
                                const std::string& code = "");
[[noreturn]] void RefuseMissing(const std::string& param);
[[noreturn]] void RefuseUnknown(const std::string& param, const std::string& hint = "");
[[noreturn]] void RefuseNoSuch(const std::string& what, const std::string& id,
                               const std::string& param = "id");

}  // namespace fsft::sandbox::stripe
