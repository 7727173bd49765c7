#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tests/sandbox/api/call.h"
#include "tests/sandbox/json.h"

namespace fsft::sandbox {

// Where in a call a knob acts.
//   kArrival  before anything is done: what a slow or broken API does to a request.
//   kAnswer   all is done, only the client does not know it yet: what a slow or broken network, or
//             an API that fails late, does to an answer.
enum class Point { kArrival, kAnswer };

// One thing that shall go wrong.
struct Knob {
  std::string operation;        // exactly, or everything that begins with it when it ends in '*'
  Json where = Json::object();  // what must also be in the call, see Matches and Pass
  Point point = Point::kAnswer;
  bool hold = false;  // until Release
  std::chrono::milliseconds delay{0};
  int fail_status = 0;  // the answer becomes this failure
  bool drop = false;    // a webhook is not sent, and never again; a mail's connection is closed
  Headers headers;      // of that failure: Retry-After, Stripe-Should-Retry
  std::string text;     // what a mail server says behind the code: "5.7.1 no relaying"
  bool stored = true;  // may the failure be kept under the idempotency key, as Stripe keeps its 500
  int times = 0;       // for so many calls; 0 = until cleared
};

struct Failure {
  int status = 0;
  Headers headers;
  std::string text;
  bool stored = true;
  bool drop = false;
};

// The one object that is asked, at named points, whether something shall go wrong. Every failure
// that tests provoke goes through here, so that the code of the APIs stays free of it. Thread-safe;
// costs one atomic read while no knob is set.
class Knobs {
 public:
  // Reads {operation, where?, point?, hold?, delay_ms?, fail_status?, headers?, text?, stored?,
  // drop?, times?}. A failure or a drop acts once unless `times` says otherwise, a hold or a delay
  // until it is cleared. A failure acts on arrival, a hold or a delay on the answer unless `point`
  // says otherwise; webhooks know the arrival only. A failure on arrival may be kept under the
  // idempotency key, one on the answer is a lost answer to kept work, unless `stored` is given.
  static absl::StatusOr<Knob> Parse(const Json& json);

  // Answers the knob's id.
  uint64_t Set(Knob knob);
  // Forgets the knobs of that operation (of all, if empty) and lets go of the calls that they hold.
  void Release(std::string_view operation);
  // The same for one knob.
  void ReleaseOne(uint64_t id);

  // What a call is about, for `where`: {form, query, id} of a request, {event_id, type, attempt,
  // event} of a webhook. Asked for only while a knob is set.
  using About = std::function<Json()>;

  // What the knobs of one moment do to one call.
  struct Effect {
    std::chrono::milliseconds delay{0};
    std::optional<Failure> failure;
    std::optional<uint64_t> held_by;
  };
  // Decides, and waits for nothing: counts as one of the knobs' `times`.
  Effect Take(std::string_view operation, Point point, const About& about = {});
  // Called by a request's thread: sleeps and waits as the effect says. A failure, if any, is to be
  // answered instead of what would have been.
  std::optional<Failure> Undergo(std::string_view operation, const Effect& effect);
  // Both.
  std::optional<Failure> Pass(std::string_view operation, Point point, const About& about = {}) {
    return Undergo(operation, Take(operation, point, about));
  }

  // How many calls of the operation are held now. Waits until there are at least so many, or until
  // the time-out: tests that must know that a request has arrived need not poll.
  int WaitUntilHeld(std::string_view operation, int at_least, std::chrono::milliseconds timeout);

  Json Describe() const;

  // Lets everything go, for ever.
  void Stop();

 private:
  struct Entry {
    uint64_t id;
    Knob knob;
    int left;  // calls that it still acts on; negative: any number
  };

  void WaitForRelease(std::unique_lock<std::mutex>& lock, std::string_view operation, uint64_t id);
  bool Exists(uint64_t id) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Entry> entries_;
  std::map<std::string, int, std::less<>> held_;
  std::atomic<bool> any_{false};
  bool stopped_ = false;
  uint64_t next_id_ = 1;
};

}  // namespace fsft::sandbox
