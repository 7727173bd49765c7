#pragma once

#include <string>

namespace fsft::fulfillment {

// An address in the United States, in the fields that both the page and the printing service use.
// Lengths were checked before money moved: name and company 40 characters, lines 64.
struct PostalAddress {
  std::string name{};
  std::string company{};
  std::string line1{};
  std::string line2{};
  std::string city{};
  // Two upper-case letters.
  std::string state{};
  // "12345" or "12345-6789".
  std::string zip{};
};

}  // namespace fsft::fulfillment
