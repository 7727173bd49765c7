// A request and an answer as handlers see them: plain values, so that a handler is a function and
// its test needs no socket.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fsft::gateway::http {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  std::string method;
  // Percent-decoded, without the query.
  std::string path;
  std::vector<Header> headers;
  std::string body;
  // The peer of the connection, as the kernel knows it; never taken from a header.
  std::string remote_addr;
  // Of the query, percent-decoded, in the order of their names.
  std::vector<Header> parameters{};

  // The first header of that name in any case, or empty.
  std::string_view Find(std::string_view name) const;
  // The first parameter of exactly that name, or empty.
  std::string_view Parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<Header> headers = {};

  // The header of that name in any case, or empty.
  std::string_view Find(std::string_view name) const;
  // Says that the answer would be another one if the request's header of that name were.
  void Vary(std::string_view name);
};

// Header names are ASCII and compare without case.
bool SameName(std::string_view a, std::string_view b);

}  // namespace fsft::gateway::http
