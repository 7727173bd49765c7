#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sandbox/json.h"

namespace fsft::sandbox {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Upload {
  std::string name;
  std::string filename;
  std::string content_type;
  std::string data;
};

// One request to an API that this program stands in for, decoded.
struct Call {
  std::string operation;  // our name for it: "stripe.sessions.create"
  std::string method;
  std::string path;  // without the query
  std::string id;    // what the path's variable part held; empty without one
  Headers headers;   // names in lower case
  std::string raw_body;
  Json query;  // bracket trees; JSON bodies as they are
  Json form;
  std::vector<Upload> files;

  // Empty when there is no such header. `name` in lower case.
  std::string_view Header(std::string_view name) const {
    for (const auto& [header, value] : headers) {
      if (header == name) return value;
    }
    return {};
  }
};

struct Answer {
  int status = 200;
  Json body;
  Headers headers;
};

// Thrown by handlers and by what they call: the request ends with this answer. Exceptions keep the
// validation code a list of rules; they are caught in one place (Api).
struct Refusal {
  Answer answer;
};

}  // namespace fsft::sandbox
