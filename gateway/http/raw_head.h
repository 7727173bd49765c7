// A request's head as it came, before httplib has made sense of it. httplib is lenient where others
// are not (it skips lines that end oddly, keeps blanks in names, decodes values), and two readings
// of one head are how requests are smuggled past a proxy.
#pragma once

#include <string_view>

namespace fsft::gateway::http {

// Whether everybody reads the head alike (RFC 9112): lines end in CRLF, single spaces divide the
// first, names are tokens, lengths and encodings are written plainly, HTTP/1.0 has no transfer
// encoding, and HTTP/1.1 names exactly one host. Otherwise: answer 400 and close.
bool IsUnambiguous(std::string_view head);

// What to answer when httplib could not read a head or its beginning and says `status`: 501 for a
// method that nobody knows and 505 for another version of HTTP, where the request line is one.
int StatusOfUnreadable(std::string_view head, int status);

// Whether the client will not use the connection again. httplib knows only "close" itself.
bool AsksToClose(std::string_view connection);

}  // namespace fsft::gateway::http
