// The gateway under random requests, from the socket on. Whatever comes, what it answers is HTTP,
// and the fault is never ours.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/fuzz/gateway_input.h"

namespace {

// libFuzzer keeps the input when the program aborts.
void Require(bool holds, std::string_view what, std::string_view answers) {
  if (holds) return;
  fprintf(stderr, "promise broken: %.*s\n%.*s\n", static_cast<int>(what.size()), what.data(),
          static_cast<int>(answers.size()), answers.data());
  abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  // What the kernel holds without anybody reading; see Answers.
  constexpr size_t kMost = 32 << 10;
  if (size > kMost) return 0;
  const std::string answers = fsft::test::Answers({reinterpret_cast<const char*>(bytes), size});
  if (answers.empty()) {
    Require(size == 0, "whoever asks is answered", answers);
    return 0;
  }
  Require(answers.starts_with("HTTP/1.1 "), "an answer begins as one", answers);
  // Nothing that is sent comes back in an answer, so the text is a status.
  Require(answers.find(R"("code":"operator_access_not_configured")") == std::string::npos,
          "operators' handlers are reached", answers);
  Require(answers.find("HTTP/1.1 500 ") == std::string::npos, "no request breaks us", answers);
  Require(answers.find("\r\nX-Request-ID: ") != std::string::npos, "an answer can be asked about",
          answers);
  return 0;
}
