#pragma once

#include "tests/sandbox/control/routes.h"

namespace fsft::sandbox {

// The part of AddControl that says what Lob does with letters.
void AddLobControl(httplib::Server& server, const ControlParts& parts);

}  // namespace fsft::sandbox
