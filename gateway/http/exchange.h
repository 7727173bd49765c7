// Between the server, which knows sockets, and the gateway, which knows routes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/http/framing.h"
#include "gateway/http/message.h"

namespace fsft::gateway::http {

// Why a body could not be read to its end.
enum class BodyFailure { kTooLarge, kTooSlow, kBroken, kNoRoom };

// One request, from its head to its one answer. Used on one thread.
class Exchange {
 public:
  virtual ~Exchange() = default;

  // How many bytes of body to read before Answer; nullopt when the answer does not depend on a
  // body. The server closes the connection after an answer whose request's body it did not read.
  virtual std::optional<size_t> BodyLimit() const = 0;

  // Exactly one of the two is called, once.
  virtual Response Answer(std::string body) = 0;
  virtual Response AnswerFailure(BodyFailure failure) = 0;
};

// What is served. Thread-safe.
class Application {
 public:
  virtual ~Application() = default;

  // The head of a request has arrived; `head.body` is empty.
  virtual std::unique_ptr<Exchange> Begin(Request head, const Framing& framing) = 0;

  // To what could not be understood as a request, or not be taken: 400, 408, 414, 416, 431, 500,
  // 501 or 505; 429 to one connection too many of a client, 503 to one too many in all.
  virtual Response AnswerUnreadable(int status) = 0;

  // A connection that waited for its client was ended for one that has come.
  virtual void CountMadeRoom() {}
};

}  // namespace fsft::gateway::http
