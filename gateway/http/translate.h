// Between httplib's requests and answers and ours.
#pragma once

#include <httplib.h>

#include <string>

#include "gateway/http/message.h"

namespace fsft::gateway::http {

// Copies the head and takes from httplib's what would make it interpret the body or cut the answer:
// the bytes go to the application as they came. The path goes too, so that httplib's own matching
// (a regular expression per route) has "/" to look at.
Request TakeHead(httplib::Request& raw, const std::string& peer);

void ToHttplib(Response response, httplib::Response& out);

// In place of httplib's own writer: one string with the date, without its Keep-Alive header (whose
// numbers are not ours) and empty ones, and with "close" where the connection is going to end.
std::string FormatHeaders(const httplib::Headers& headers, bool close);

// A whole answer, for a connection that httplib never gets to see. It closes.
std::string Serialize(const Response& response);

}  // namespace fsft::gateway::http
