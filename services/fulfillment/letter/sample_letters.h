#pragma once

#include <string>

#include "services/fulfillment/letter/letter.h"

namespace fsft::fulfillment {

// For tests: a letter as most are.
Letter SampleLetter();
// The same with every printed field as long as it may be.
Letter LongestHead();
// About `words` words in paragraphs.
std::string SampleText(int words);
// A stroke on a transparent ground, of width × height pixels.
std::string SamplePng(int width, int height);

}  // namespace fsft::fulfillment
