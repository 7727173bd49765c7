#pragma once

#include "tests/sandbox/control/routes.h"

namespace fsft::sandbox {

// The part of AddControl that says what payers do, and other products of the same account.
void AddStripeControl(httplib::Server& server, const ControlParts& parts);

}  // namespace fsft::sandbox
