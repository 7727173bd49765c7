#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "tests/sandbox/json.h"

namespace httplib {
struct Request;
class Server;
}  // namespace httplib

namespace fsft::sandbox {

// What is wrong with a request to the tests' own routes; becomes a 400.
class BadControl : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A list's query: which entries, how many to wait for, how long.
struct ListQuery {
  std::function<bool(const Json&)> filter;
  size_t at_least = 0;
  std::chrono::milliseconds timeout{0};
};
ListQuery ParseListQuery(const httplib::Request& request);

// The body's object, with no other names than those of `names`; {} for an empty body.
Json ParseBody(const httplib::Request& request, std::initializer_list<const char*> names);

// Answers JSON, or throws BadControl, or a Refusal of the API that it turned to.
using ControlHandler = std::function<Json(const httplib::Request&)>;
void AddGet(httplib::Server& server, const std::string& path, ControlHandler handler);
void AddPost(httplib::Server& server, const std::string& path, ControlHandler handler);

}  // namespace fsft::sandbox
