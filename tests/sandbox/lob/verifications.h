#pragma once

#include "tests/sandbox/api/call.h"

namespace fsft::sandbox::lob {

// POST /us_verifications with a test key, as Lob documents it: a few words in `primary_line` (or in
// `address`) stand for the kinds of addresses that there are; of any other the form is checked, and
// the answer is empty. Throws Refusal as the API would answer.
Json Verify(const Call& call);

}  // namespace fsft::sandbox::lob
