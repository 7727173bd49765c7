#include "tests/sandbox/lob/routes.h"

#include "tests/sandbox/lob/verifications.h"

namespace fsft::sandbox::lob {

void AddRoutes(httplib::Server& server, Api& api, Letters& letters) {
  const std::string path = "/lob/v1/letters";
  api.Add(server, "POST", path, "lob.letters.create", [&letters](const Call& call) {
    return Answer{200, letters.Create(ParseLetter(call)), {}};
  });
  api.Add(server, "GET", path, "lob.letters.list", [&letters](const Call& call) {
    return Answer{200, letters.List(call.query), {}};
  });
  api.Add(server, "GET", path + "/:id", "lob.letters.get", [&letters](const Call& call) {
    return Answer{200, letters.Get(call.id), {}};
  });
  api.Add(server, "DELETE", path + "/:id", "lob.letters.cancel", [&letters](const Call& call) {
    return Answer{200, letters.Cancel(call.id), {}};
  });
  api.Add(server, "POST", "/lob/v1/us_verifications", "lob.us_verifications.create",
          [](const Call& call) {
            return Answer{200, Verify(call), {}};
          });
  api.AddNotFound(server, "/lob/v1");
}

}  // namespace fsft::sandbox::lob
