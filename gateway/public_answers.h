// Answers that are the same for everybody: pages, their files, the list of cities. A handler marks
// them by "Cache-Control: public, ...", and they get what only such answers may have.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "gateway/http/message.h"

namespace fsft::gateway {

// Thread-safe. Nothing else is ever compressed: the length of a compressed answer that holds a
// secret beside something that an attacker chose tells the secret, a letter at a time (BREACH).
class PublicAnswers {
 public:
  // A public 200 to a GET or HEAD gets its ETag; becomes 304 when the client has it
  // (If-None-Match); and is compressed when the client likes that, it is text and it is worth it.
  // Others stay as they are.
  void Finish(const http::Request& request, http::Response& response);

 private:
  using Bytes = std::shared_ptr<const std::string>;

  // Compressed once for each body.
  Bytes Compress(const std::string& tag, const std::string& body);

  std::mutex mutex_;
  std::unordered_map<std::string, Bytes> compressed_;
};

}  // namespace fsft::gateway
