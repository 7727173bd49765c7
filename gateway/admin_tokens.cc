#include "gateway/admin_tokens.h"

#include <algorithm>
#include <array>
#include <utility>

#include "shared/crypto/digest.h"
#include "shared/crypto/encoding.h"
#include "shared/files/read.h"
#include "shared/logging/logging.h"

namespace fsft::gateway {
namespace {

constexpr std::array<std::pair<std::string_view, Scope>, 5> kScopes = {{
    {"read", Scope::kRead},
    {"retry", Scope::kRetry},
    {"refund", Scope::kRefund},
    {"erase", Scope::kErase},
    {"resend", Scope::kResend},
}};

// Cuts off and returns what stands before the first `separator`; all of `text` when there is none.
std::string_view Cut(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

std::optional<unsigned> ParseScopes(std::string_view text) {
  unsigned scopes = 0;
  while (!text.empty()) {
    const std::string_view word = Cut(text, '+');
    bool known = false;
    for (const auto& [name, scope] : kScopes) {
      if (name != word) continue;
      scopes |= 1u << static_cast<unsigned>(scope);
      known = true;
    }
    if (!known) return std::nullopt;
  }
  return scopes == 0 ? std::nullopt : std::optional(scopes);
}

}  // namespace

absl::StatusOr<TokenList> TokenList::Parse(std::string_view text) {
  TokenList list;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = Cut(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view name = Cut(line, ':');
    const std::optional<unsigned> scopes = ParseScopes(Cut(line, ':'));
    const absl::StatusOr<std::string> sha256 = crypto::HexDecode(line);
    if (name.empty() || !scopes || !sha256.ok() || sha256->size() != 32) {
      return absl::InvalidArgumentError("line " + std::to_string(number) +
                                        " is not name:scope+scope:sha256-hex");
    }
    list.entries_.push_back({*sha256, {std::string(name), *scopes}});
  }
  return list;
}

std::optional<Operator> TokenList::Find(std::string_view token) const {
  const std::string sha256 = crypto::Sha256(token);
  const Entry* found = nullptr;
  // No early end: how long this takes must not tell which entry it was.
  for (const Entry& entry : entries_) {
    if (crypto::EqualsConstantTime(entry.sha256, sha256)) found = &entry;
  }
  return found == nullptr ? std::nullopt : std::optional(found->who);
}

AdminTokens::AdminTokens(std::string path) : file_(std::move(path)) {}

std::shared_ptr<const TokenList> AdminTokens::Current() {
  if (file_.path().empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  // One stat() per operator's request: they are few, and a revoked token ends at once.
  if (file_.Changed()) list_ = ReadFile();
  return list_;
}

// A list that cannot be read gives access to nobody. Keeping the last good one would make a
// mistyped revocation look like a done one.
std::shared_ptr<const TokenList> AdminTokens::ReadFile() const {
  const absl::StatusOr<std::string> text = files::Read(file_.path());
  if (!text.ok()) {
    logging::Error("the file of operator tokens cannot be read",
                   {{"reason", std::string(text.status().message())}});
    return nullptr;
  }
  absl::StatusOr<TokenList> list = TokenList::Parse(*text);
  if (!list.ok()) {
    logging::Error("the file of operator tokens is malformed",
                   {{"reason", std::string(list.status().message())}});
    return nullptr;
  }
  return std::make_shared<const TokenList>(*std::move(list));
}

}  // namespace fsft::gateway
