// Names of HTTP's status codes.
#pragma once

namespace fsft::gateway::http {

// "Not Found" for 404; "Error" for a code that the gateway does not use.
const char* ReasonPhrase(int status);

}  // namespace fsft::gateway::http
