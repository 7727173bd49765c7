// Which pages of other origins may read our answers (the Fetch standard's CORS protocol).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace fsft::gateway {

// Thread-safe. Cookies are never asked for: a token is sent by whoever has it, and no browser adds
// it by itself. So "Access-Control-Allow-Credentials" is nowhere, and "*" gives away nothing that a
// program without a browser could not have.
class Cors {
 public:
  // FSFT_CORS_ORIGINS; "*" among them is any. Without one no answer has a header of CORS.
  explicit Cors(std::vector<std::string> origins);

  // Lets the page read the answer, if it may, and tells caches that this depends on the page.
  void AddTo(const http::Request& request, http::Response& response) const;

  // To what a browser asks before it sends more than a form could: what it may send. `methods` as
  // in "GET, HEAD". Beside AddTo.
  void AddPreflight(const http::Request& request, std::string_view methods,
                    http::Response& response) const;

 private:
  bool Allows(std::string_view origin) const;

  const std::vector<std::string> origins_;
  const bool any_;
};

}  // namespace fsft::gateway
