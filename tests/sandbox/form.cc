#include "tests/sandbox/form.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace fsft::sandbox {
namespace {

constexpr size_t kMaxFields = 1000;
constexpr size_t kMaxDepth = 10;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string Unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
                        HexDigit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// "a[b][0]" into {"a", "b", "0"}; empty when the brackets are wrong.
std::vector<std::string> SplitName(const std::string& name) {
  const size_t first = name.find('[');
  if (first == std::string::npos) return {name};
  std::vector<std::string> path = {name.substr(0, first)};
  for (size_t at = first; at < name.size();) {
    const size_t close = name.find(']', at);
    if (name[at] != '[' || close == std::string::npos || path.front().empty()) return {};
    path.push_back(name.substr(at + 1, close - at - 1));
    at = close + 1;
  }
  return path;
}

absl::Status Conflict(const std::string& name) {
  return absl::InvalidArgumentError(absl::StrCat("Invalid parameter: ", name));
}

// While fields arrive every inner node is an object, lists among them: "a[5]" may come first.
absl::Status Insert(Json& root, const std::string& name, const std::string& value) {
  const std::vector<std::string> path = SplitName(name);
  if (path.empty() || path.size() > kMaxDepth) return Conflict(name);
  Json* node = &root;
  for (size_t i = 0; i < path.size(); ++i) {
    if (!node->is_object()) return Conflict(name);
    const std::string key = path[i].empty() ? std::to_string(node->size()) : path[i];
    Json& child = (*node)[key];
    const bool last = i + 1 == path.size();
    if (child.is_null() && !last) child = Json::object();
    if (child.is_object() && last) return Conflict(name);
    node = &child;
  }
  *node = value;
  return absl::OkStatus();
}

bool CountsFromZero(const Json& node) {
  for (size_t i = 0; i < node.size(); ++i) {
    if (!node.contains(std::to_string(i))) return false;
  }
  return !node.empty();
}

void MakeLists(Json& node) {
  if (!node.is_object()) return;
  for (auto& [name, child] : node.items()) {
    if (name != "metadata") MakeLists(child);
  }
  if (!CountsFromZero(node)) return;
  Json list = Json::array();
  for (size_t i = 0; i < node.size(); ++i) list.push_back(std::move(node[std::to_string(i)]));
  node = std::move(list);
}

}  // namespace

Fields DecodeUrlEncoded(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    if (field.empty()) continue;
    const size_t equals = field.find('=');
    const bool has_value = equals != std::string_view::npos;
    fields.emplace_back(Unescape(field.substr(0, equals)),
                        has_value ? Unescape(field.substr(equals + 1)) : std::string());
  }
  return fields;
}

absl::StatusOr<Json> BuildTree(const Fields& fields) {
  if (fields.size() > kMaxFields) return absl::InvalidArgumentError("Too many parameters");
  Json root = Json::object();
  for (const auto& [name, value] : fields) {
    if (const absl::Status status = Insert(root, name, value); !status.ok()) return status;
  }
  for (auto& [name, child] : root.items()) {
    if (name != "metadata") MakeLists(child);
  }
  return root;
}

absl::StatusOr<Json> DecodeForm(std::string_view text) { return BuildTree(DecodeUrlEncoded(text)); }

}  // namespace fsft::sandbox
