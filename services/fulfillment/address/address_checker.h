#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/rpc/deadline.h"

namespace fsft::fulfillment {

// As a motorist types it.
struct Address {
  std::string line1{};
  std::string line2{};
  std::string city{};
  std::string state{};
  std::string zip{};
};

// One thing to look at again. Nothing in it is the customer's own.
struct Advice {
  std::string_view field;    // "line1": a member of Address
  std::string_view code;     // stable, snake_case
  std::string_view message;  // goes on after the field's name: "has no house number"
};

// kUndeliverable is somebody's word who knows; rules of ours never go so far.
enum class AddressVerdict { kUnknown, kDeliverable, kUndeliverable };

struct AddressFinding {
  AddressVerdict verdict = AddressVerdict::kUnknown;
  std::vector<Advice> advice{};
  // As the postal service writes it, where that says something else.
  std::optional<Address> suggestion{};
};

// Whether mail reaches an address, and what to look at again in it. Thread-safe.
class AddressChecker {
 public:
  virtual ~AddressChecker() = default;
  // Answers before `deadline`, whatever happens.
  virtual AddressFinding Check(const Address& address, rpc::Deadline deadline) = 0;
};

}  // namespace fsft::fulfillment
