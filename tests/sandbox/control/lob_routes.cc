#include "tests/sandbox/control/lob_routes.h"

#include <httplib.h>

#include "tests/sandbox/control/request.h"

namespace fsft::sandbox {
namespace {

using httplib::Request;

void AddBehaviour(httplib::Server& server, const ControlParts& parts) {
  AddGet(server, "/sandbox/lob/behaviour",
         [&letters = parts.letters](const Request&) { return lob::Describe(letters.behaviour()); });
  AddPost(server, "/sandbox/lob/behaviour", [parts](const Request& request) {
    const Json changes =
        ParseBody(request, {"list_lag_seconds", "parallel_same_key", "refuse_cancel", "fail_next",
                            "late_tracking_numbers"});
    const lob::Behaviour behaviour = lob::Changed(parts.letters.behaviour(), changes);
    parts.letters.SetBehaviour(behaviour);
    parts.lob_keys.LetOverlap(behaviour.parallel_same_key);
    return lob::Describe(behaviour);
  });
  AddPost(server, "/sandbox/lob/forget_keys", [&keys = parts.lob_keys](const Request&) {
    keys.ForgetAll();
    return Json::object();
  });
}

}  // namespace

void AddLobControl(httplib::Server& server, const ControlParts& parts) {
  AddBehaviour(server, parts);
  AddPost(
      server, "/sandbox/lob/accept_only", [&dialect = parts.lob_dialect](const Request& request) {
        dialect.accepted_key().TakeOnly(ParseBody(request, {"key"}).at("key").get<std::string>());
        return Json::object();
      });
  lob::Letters& letters = parts.letters;
  const std::string letter = "/sandbox/lob/letters/:id";
  AddPost(server, letter + "/render", [&letters](const Request& request) {
    return letters.Render(request.path_params.at("id"));
  });
  AddPost(server, letter + "/fail", [&letters](const Request& request) {
    return letters.Fail(request.path_params.at("id"));
  });
  AddPost(server, letter + "/delete", [&letters](const Request& request) {
    return letters.Delete(request.path_params.at("id"));
  });
  AddPost(server, letter + "/track", [&letters](const Request& request) {
    const Json body = ParseBody(request, {"event"});
    return letters.Track(request.path_params.at("id"), body.at("event").get<std::string>());
  });
}

}  // namespace fsft::sandbox
