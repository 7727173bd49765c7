#include "shared/crypto/key_ring.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "shared/crypto/encoding.h"
#include "shared/files/read.h"

namespace fsft::crypto {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr std::pair<std::string_view, Purpose> kPurposes[] = {
    {"wrap", Purpose::kWrap}, {"lookup", Purpose::kLookup}, {"token", Purpose::kToken}};

std::optional<Purpose> PurposeOf(std::string_view name) {
  for (const auto& [text, purpose] : kPurposes) {
    if (text == name) return purpose;
  }
  return std::nullopt;
}

bool IsKeyId(std::string_view id) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !id.empty() && id.size() <= 32 && id.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Cuts the text before the first `separator` off the front of `rest`; all of it when there is none.
std::string_view Cut(std::string_view& rest, char separator) {
  const std::string_view front = rest.substr(0, rest.find(separator));
  rest.remove_prefix(front.size() < rest.size() ? front.size() + 1 : front.size());
  return front;
}

struct Line {
  Purpose purpose;
  Key key;
};

absl::StatusOr<Line> ParseLine(std::string_view line) {
  const std::optional<Purpose> purpose = PurposeOf(Cut(line, ':'));
  if (!purpose) return absl::InvalidArgumentError("the purpose is not wrap, lookup or token");
  const std::string_view id = Cut(line, ':');
  if (!IsKeyId(id)) return absl::InvalidArgumentError("the key id is not [a-z0-9-]{1,32}");
  absl::StatusOr<std::string> bytes = HexDecode(line);
  if (!bytes.ok() || bytes->size() != kKeyBytes) {
    return absl::InvalidArgumentError("the key is not 64 hex digits");
  }
  return Line{*purpose, Key(std::string(id), *std::move(bytes))};
}

const Key* FindIn(const std::vector<Key>& keys, std::string_view id) {
  const auto found = std::ranges::find(keys, id, &Key::id);
  return found == keys.end() ? nullptr : &*found;
}

std::string_view WithoutLineEnd(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

}  // namespace

Key::Key(std::string id, std::string bytes) : id(std::move(id)), bytes(std::move(bytes)) {}

Key::~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

absl::StatusOr<std::shared_ptr<const KeyRing>> KeyRing::Parse(std::string_view text) {
  std::shared_ptr<KeyRing> ring(new KeyRing);
  const auto refuse = [](int number, const std::string& why) {
    return absl::InvalidArgumentError(absl::StrCat("key ring, line ", number, ": ", why));
  };
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view raw = WithoutLineEnd(Cut(text, '\n'));
    if (raw.empty() || raw.front() == '#') continue;
    absl::StatusOr<Line> line = ParseLine(raw);
    if (!line.ok()) return refuse(number, std::string(line.status().message()));
    std::vector<Key>& keys = ring->keys_[line->purpose];
    if (FindIn(keys, line->key.id) != nullptr) return refuse(number, "the key id is there already");
    keys.push_back(std::move(line->key));
  }
  for (const auto& [name, purpose] : kPurposes) {
    if (!ring->keys_.contains(purpose)) {
      return absl::InvalidArgumentError(absl::StrCat("key ring: no key for ", std::string(name)));
    }
  }
  return ring;
}

absl::StatusOr<std::shared_ptr<const KeyRing>> KeyRing::LoadFile(const std::string& path) {
  absl::StatusOr<std::string> text = files::Read(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<std::shared_ptr<const KeyRing>> ring = Parse(*text);
  OPENSSL_cleanse(text->data(), text->size());
  return ring;
}

const Key& KeyRing::Current(Purpose purpose) const { return All(purpose).front(); }

const std::vector<Key>& KeyRing::All(Purpose purpose) const { return keys_.at(purpose); }

const Key* KeyRing::Find(Purpose purpose, std::string_view id) const {
  return FindIn(All(purpose), id);
}

}  // namespace fsft::crypto
