#include "tests/sandbox/control/request.h"

#include <httplib.h>

#include <algorithm>
#include <charconv>

#include "tests/sandbox/api/call.h"
#include "tests/sandbox/form.h"
#include "tests/sandbox/matching.h"

namespace fsft::sandbox {
namespace {

using httplib::Request;
using httplib::Response;

int64_t Integer(const std::string& name, const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number < 0) {
    throw BadControl(name + " is a number");
  }
  return number;
}

// Exceptions end here: a wrong request is a mistake in a test and should read like one.
void Control(const ControlHandler& handler, const Request& request, Response& response) {
  Json answer;
  try {
    answer = handler(request);
  } catch (const BadControl& problem) {
    response.status = 400;
    answer = {{"error", problem.what()}};
  } catch (const Refusal& refusal) {
    response.status = refusal.answer.status;
    answer = refusal.answer.body;
  } catch (const Json::exception& problem) {
    response.status = 400;
    answer = {{"error", problem.what()}};
  }
  response.set_content(answer.dump(2, ' ', false, Json::error_handler_t::replace),
                       "application/json");
}

}  // namespace

ListQuery ParseListQuery(const Request& request) {
  const size_t question = request.target.find('?');
  const std::string text = question == std::string::npos ? "" : request.target.substr(question + 1);
  absl::StatusOr<Json> query = DecodeForm(text);
  if (!query.ok()) throw BadControl(std::string(query.status().message()));
  ListQuery list;
  list.at_least = Integer("at_least", query->value("at_least", Json("0")));
  list.timeout =
      std::chrono::milliseconds(Integer("timeout_ms", query->value("timeout_ms", Json("0"))));
  query->erase("at_least");
  query->erase("timeout_ms");
  list.filter = [wanted = *std::move(query)](const Json& entry) { return Matches(entry, wanted); };
  return list;
}

Json ParseBody(const Request& request, std::initializer_list<const char*> names) {
  Json body = request.body.empty() ? Json::object() : Json::parse(request.body);
  if (!body.is_object()) throw BadControl("the body is a JSON object");
  for (const auto& [name, value] : body.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      throw BadControl("unknown name: " + name);
    }
  }
  return body;
}

void AddGet(httplib::Server& server, const std::string& path, ControlHandler handler) {
  server.Get(path, [handler = std::move(handler)](const Request& request, Response& response) {
    Control(handler, request, response);
  });
}

void AddPost(httplib::Server& server, const std::string& path, ControlHandler handler) {
  server.Post(path, [handler = std::move(handler)](const Request& request, Response& response) {
    Control(handler, request, response);
  });
}

}  // namespace fsft::sandbox
