#pragma once

#include "tests/sandbox/api/api.h"
#include "tests/sandbox/lob/letters.h"

namespace fsft::sandbox::lob {

// Everything below /lob/v1. `letters` and `api` must outlive the server.
void AddRoutes(httplib::Server& server, Api& api, Letters& letters);

}  // namespace fsft::sandbox::lob
