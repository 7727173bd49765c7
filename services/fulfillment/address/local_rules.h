#pragma once

#include <vector>

#include "services/fulfillment/address/address_checker.h"

namespace fsft::fulfillment {

// Without the white space around its parts, and with the state in upper case.
Address Tidied(const Address& address);

// What can be seen of an address without asking anybody. `address` is tidied. Intake refuses what
// the printer cannot take; these are the slips that it takes and no mail carrier can read.
std::vector<Advice> LocalAdvice(const Address& address);

// Whether it has everything, in the right form: others are not worth asking somebody about.
bool IsWhole(const Address& address);

}  // namespace fsft::fulfillment
