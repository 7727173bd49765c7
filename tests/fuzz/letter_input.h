#pragma once

#include <string>
#include <string_view>

#include "services/fulfillment/letter/letter.h"

namespace fsft::test {

// The letter that a fuzzer's bytes stand for. Any bytes stand for one.
fulfillment::Letter ReadLetter(std::string_view bytes);

// Bytes that stand for this letter, which has five exhibits at most: what a fuzzer starts from.
std::string WriteLetter(const fulfillment::Letter& letter);

}  // namespace fsft::test
