#pragma once

#include <map>
#include <string>
#include <string_view>

namespace fsft::test {

// Sends the bytes to a gateway as they are, as a client would that then says no more, and returns
// all that it answers. Real are the socket, httplib, the route table and every handler; what the
// services would say is made up, in a way that depends on the number of bytes.
std::string Answers(std::string_view bytes);

// A request for every route, as it is meant and as it is not, by name: what a fuzzer starts from.
std::map<std::string, std::string> GatewaySeeds();

}  // namespace fsft::test
