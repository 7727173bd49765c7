#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "shared/http/client.h"
#include "tests/sandbox/form.h"
#include "tests/sandbox/json.h"
#include "tests/sandbox/sandbox.h"

namespace httplib {
class Server;
}

namespace fsft::sandbox::testing {

// A webhook's receiver. Answers `statuses` in their order, then 200.
class Receiver {
 public:
  struct Webhook {
    std::string body;
    std::string stripe_signature, lob_signature, lob_timestamp;
    std::string type() const { return Json::parse(body)["type"]; }
  };

  explicit Receiver(std::vector<int> statuses = {});
  ~Receiver();

  std::string url() const;
  // Waits for so many; fails the test after ten seconds. In the order of their arrival.
  std::vector<Webhook> WaitFor(size_t count);

 private:
  std::vector<int> statuses_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Webhook> webhooks_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread serving_;
};

struct Reply {
  int status = 0;
  Json body;
  http::Headers headers;
  std::string Header(std::string_view name) const;
};

// A sandbox of the test's own, spoken to over real HTTP by the product's own client.
class Bench {
 public:
  explicit Bench(Options options = {});

  std::string url(const std::string& path = "") const { return sandbox_.url() + path; }
  http::Response Send(const http::Request& request);
  // What a browser or a client without our keys sends. `path` may be a whole URL.
  http::Response Get(const std::string& path, const std::string& authorization = "");
  http::Response Post(const std::string& path);

  Reply Stripe(const std::string& method, const std::string& path, const Fields& form = {},
               const std::string& key = "");
  Reply Lob(const std::string& method, const std::string& path, std::vector<http::Part> parts = {},
            const std::string& key = "");
  Json Control(const std::string& method, const std::string& path, const Json& body = nullptr);

  // A session as the product makes it; answers its id.
  std::string NewSession();
  void Stop() { sandbox_.Stop(); }

 private:
  Reply Ask(const http::Request& request);
  http::Request RequestTo(const std::string& method, const std::string& path) const;

  Sandbox sandbox_;
  http::Client client_;
};

// What CreateSession needs, in the future by 23 hours.
Fields SessionForm();
// The same with one field replaced, added, or (with no value) left out.
Fields With(Fields form, const std::string& name, const std::string& value);
Fields Without(Fields form, const std::string& name);

std::string MakePdf(int pages = 1, const std::string& media_box = "[0 0 612 792]");
std::vector<http::Part> LetterParts();
std::vector<http::Part> With(std::vector<http::Part> parts, const std::string& name,
                             const std::string& value);
std::vector<http::Part> Without(std::vector<http::Part> parts, const std::string& name);

}  // namespace fsft::sandbox::testing
