// Who may use the operator routes: bearer tokens with a name and scopes, stored as hashes.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "shared/files/watched_file.h"

namespace fsft::gateway {

// `read` looks; `retry` repeats and pauses mailing; `refund` moves money; `erase` forgets a person;
// `resend` allows a second letter.
enum class Scope { kRead, kRetry, kRefund, kErase, kResend };

struct Operator {
  // For the audit trail.
  std::string name;
  // A set of Scope, one bit each.
  unsigned scopes = 0;

  bool Has(Scope scope) const { return (scopes & (1u << static_cast<unsigned>(scope))) != 0; }
};

// The operators' tokens, read once.
class TokenList {
 public:
  // Lines `name:scope+scope:sha256-hex-of-token`; empty lines and lines beginning with '#' do not
  // count. Any other line is INVALID_ARGUMENT with its number: half a list would be somebody's
  // silent loss of access.
  static absl::StatusOr<TokenList> Parse(std::string_view text);

  // Takes the same time whichever token it is, and whether or not it is one.
  std::optional<Operator> Find(std::string_view token) const;

 private:
  struct Entry {
    std::string sha256;
    Operator who;
  };
  std::vector<Entry> entries_;
};

// The list in a file, read again when the file changes. Thread-safe.
class AdminTokens {
 public:
  // An empty path: operator access is not configured. A missing or broken file is not an error
  // here, because a rotation must not stop a gateway from starting: it is logged, and nobody has
  // access until it is right again.
  explicit AdminTokens(std::string path);

  // nullptr when there is no usable list: the routes answer 503.
  std::shared_ptr<const TokenList> Current();

 private:
  std::shared_ptr<const TokenList> ReadFile() const;

  std::mutex mutex_;
  files::WatchedFile file_;
  std::shared_ptr<const TokenList> list_;
};

}  // namespace fsft::gateway
