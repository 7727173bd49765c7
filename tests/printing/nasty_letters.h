#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "fightsftickets/intake/v1/intake.pb.h"

namespace fsft::test {

// Texts that try to leave the page: every one is of printable characters, because what is not has
// tests of its own.
class NastyTexts {
 public:
  explicit NastyTexts(uint32_t seed) : random_(seed) {}

  // A field of a line, up to `length` characters; now and then as wide or as tall as they come.
  std::string Line(size_t length);
  // The text of a letter, up to 5000 characters.
  std::string Letter();
  // A whole request that breaks no rule but, perhaps, those of room.
  fightsftickets::intake::v1::SubmitAppealRequest Request();

  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

 private:
  char32_t Any();
  char32_t Near(char32_t code_point);
  std::string SameScript(size_t length, size_t words);
  std::string Repeated(std::string_view part, size_t length);

  std::mt19937 random_;
};

}  // namespace fsft::test
