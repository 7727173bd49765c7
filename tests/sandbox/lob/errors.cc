#include "tests/sandbox/lob/errors.h"

namespace fsft::sandbox::lob {

Answer ErrorAnswer(int status, const std::string& code, const std::string& message) {
  return {status, {{"error", {{"message", message}, {"status_code", status}, {"code", code}}}}, {}};
}

void Refuse(int status, const std::string& code, const std::string& message) {
  throw Refusal{ErrorAnswer(status, code, message)};
}

void RefuseInvalid(const std::string& message, const std::string& code) {
  Refuse(422, code, message);
}

}  // namespace fsft::sandbox::lob
