#pragma once

#include <cstdint>

#include "services/fulfillment/letter/letter.h"

namespace fsft::test {

// How much of a letter's order survives being read back by poppler.
enum class Reading {
  // Words and the spaces between them.
  kWords,
  // Characters: the script has no spaces, or poppler sees some within words.
  kCharacters,
  // Characters, from right to left.
  kFromRight,
  // Which characters, and how often each: poppler turns joined letters that read from the right
  // around, and takes punctuation between two directions for part of the wrong one.
  kTally,
};

struct RandomLetter {
  fulfillment::Letter letter{};
  Reading reading = Reading::kWords;
};

// A letter as somebody might write it, in one of many languages or in several, with or without
// signature, photographs and what else may be left out. The same seed gives the same letter.
RandomLetter LetterOfSeed(uint32_t seed);

}  // namespace fsft::test
