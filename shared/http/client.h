#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace fsft::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// One part of a multipart/form-data body. An empty filename makes it a plain field, an empty
// content type leaves the choice to the receiver.
struct Part {
  std::string name;
  std::string filename;
  std::string content_type;
  std::string data;
};

struct Request {
  std::string method = "GET";
  std::string url;  // http:// or https://
  Headers headers;
  std::string body;             // without a Content-Type header: application/x-www-form-urlencoded
  std::vector<Part> multipart;  // instead of `body`; sets the Content-Type itself
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{30'000};  // everything, connecting included
  size_t max_response_bytes = 1 << 20;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;

  // The first header of that name, in any case of letters; empty when there is none. Valid as long
  // as this is.
  std::string_view Find(std::string_view name) const;
};

// Told of each request's end, in the thread that sent it.
using Observe =
    std::function<void(const absl::StatusOr<Response>&, std::chrono::duration<double> took)>;

struct ClientOptions {
  std::string ca_file = {};  // PEM; empty: the certificate authorities of the system
  Observe observe = {};
};

// Talks to third parties. Thread-safe: each call borrows a handle, and each handle keeps its
// connections open, so that a call usually costs no handshake. HTTP/1.1; certificates and names are
// verified; redirects are answered as they are (a signed request must not be led elsewhere);
// proxies of the environment are not used.
class Client {
 public:
  explicit Client(ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Any status that the server answers is a Response, 500 too. Otherwise:
  //   kUnavailable        nothing of the request was sent: no name, no connection, no trust. It is
  //                       a proof, and the only one.
  //   kDeadlineExceeded   the time was up; the server may have received the request.
  //   kUnknown            the connection broke; the server may have received the request.
  //   kResourceExhausted  the answer is larger than allowed; the server has done its work.
  //   kInvalidArgument    a request that cannot be sent: scheme, URL, a line break in a header.
  // A request goes out at most once: libcurl would silently repeat one when a kept connection
  // breaks, which here could mean two letters. Only GET and HEAD are left to it.
  absl::StatusOr<Response> Send(const Request& request) const;

 private:
  class Pool;
  const ClientOptions options_;
  const std::unique_ptr<Pool> pool_;
};

// application/x-www-form-urlencoded, in the order given.
std::string FormEncode(const std::vector<std::pair<std::string, std::string>>& fields);
// One part of a path or a query.
std::string PercentEncode(std::string_view text);
// The value of an Authorization header: "Basic …".
std::string BasicAuthorization(std::string_view user, std::string_view password);

}  // namespace fsft::http
