#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <string_view>

// Between the words in our tables ("in_transit") and the enums of the contracts
// (DELIVERY_STATE_IN_TRANSIT). The words are the enum's own names, less the prefix that the style
// of the contracts demands, so there is no table to keep in step.
namespace fsft::words {

namespace internal {
std::string WordOf(const google::protobuf::EnumDescriptor& type, int value);
int NumberOf(const google::protobuf::EnumDescriptor& type, std::string_view word);
}  // namespace internal

// Empty for UNSPECIFIED, and for a value that a newer version of the contract has added.
template <class Enum>
std::string WordOf(Enum value) {
  return internal::WordOf(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

// UNSPECIFIED (zero) for an empty word and for one that the contract does not know.
template <class Enum>
Enum EnumOf(std::string_view word) {
  return static_cast<Enum>(internal::NumberOf(*google::protobuf::GetEnumDescriptor<Enum>(), word));
}

}  // namespace fsft::words
