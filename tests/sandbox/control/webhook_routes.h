#pragma once

#include "tests/sandbox/control/routes.h"

namespace fsft::sandbox {

// The part of AddControl that says where webhooks go, and that delivers some at once.
void AddWebhookControl(httplib::Server& server, const ControlParts& parts);

}  // namespace fsft::sandbox
