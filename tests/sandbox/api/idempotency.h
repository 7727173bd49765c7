#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "shared/time/clock.h"
#include "tests/sandbox/api/call.h"

namespace fsft::sandbox {

// An answer as it went over the wire.
struct WireAnswer {
  int status = 0;
  std::string body;
  Headers headers;
};

// Remembers answers by idempotency key, for a day. Both vendors promise no more than that, and
// products that rely on more must be found out. Thread-safe.
class IdempotencyStore {
 public:
  enum class State {
    kNew,       // the caller runs the request and must call Finish
    kReplay,    // done before; `stored` is the answer
    kInFlight,  // another thread is running it
    kMismatch,  // the key stands for another request
  };
  struct Begun {
    State state = State::kNew;
    WireAnswer stored;
  };

  explicit IdempotencyStore(const time::Clock& clock) : clock_(clock) {}

  // `fingerprint` stands for the operation and all its parameters.
  Begun Begin(const std::string& key, const std::string& fingerprint);
  // Keeps the answer, or forgets the key: neither vendor stores an answer to a request that was
  // refused before anything was done.
  void Finish(const std::string& key, const WireAnswer* answer);

  // What was done stays done, but this is the answer that is replayed from now on.
  void Replace(const std::string& key, const WireAnswer& answer);

  // Whether a request runs although another with its key still does: kNew instead of kInFlight.
  void LetOverlap(bool overlap);
  // Forgets every key, but those of requests that still run.
  void ForgetAll();

 private:
  struct Entry {
    std::string fingerprint;
    time::TimePoint begun;
    int running = 0;
    bool done = false;  // there is an answer
    WireAnswer answer;
  };

  const time::Clock& clock_;
  std::mutex mutex_;
  bool overlap_ = false;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace fsft::sandbox
