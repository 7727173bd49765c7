#pragma once

#include <chrono>

#include "tests/sandbox/json.h"

namespace fsft::sandbox::lob {

// What this printer does that a better one would not. By default it does none of it.
struct Behaviour {
  // GET /letters shows a letter only so long after its creation; GET /letters/{id} at once.
  std::chrono::seconds list_lag{0};
  // Of two requests under one key that overlap, both are carried out.
  bool parallel_same_key = false;
  // Every DELETE comes too late.
  bool refuse_cancel = false;
  // So many of the next letters are taken with a 200 and fail right after.
  int fail_next = 0;
  // Letters get their tracking number only with the first scan by the mail.
  bool late_tracking_numbers = false;
};

Json Describe(const Behaviour& behaviour);

// `now` with what `changes` names: list_lag_seconds, parallel_same_key, refuse_cancel, fail_next,
// late_tracking_numbers. Throws Json::exception on a value of another type.
Behaviour Changed(Behaviour now, const Json& changes);

}  // namespace fsft::sandbox::lob
