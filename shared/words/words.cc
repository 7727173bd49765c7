#include "shared/words/words.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace fsft::words::internal {

namespace {

// DeliveryState -> DELIVERY_STATE_
std::string PrefixOf(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(c);
  }
  return prefix + "_";
}

}  // namespace

std::string WordOf(const google::protobuf::EnumDescriptor& type, int value) {
  const auto* entry = type.FindValueByNumber(value);
  if (entry == nullptr || value == 0) return "";
  return absl::AsciiStrToLower(entry->name().substr(PrefixOf(type).size()));
}

int NumberOf(const google::protobuf::EnumDescriptor& type, std::string_view word) {
  const auto* entry = type.FindValueByName(absl::StrCat(
      PrefixOf(type), absl::AsciiStrToUpper(absl::string_view(word.data(), word.size()))));
  return entry == nullptr ? 0 : entry->number();
}

}  // namespace fsft::words::internal
