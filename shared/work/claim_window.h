#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace fsft::work {

// How far back in a queue a claim has to look.
//
// A queue is read in the order of its due times. What was worked leaves dead entries at the left
// end of that index, and while any session holds an old snapshot (a dump, a forgotten psql) they
// cannot be removed: a claim that always began at the left end would walk over every job of that
// time. So a claim begins where an earlier one has left nothing:
//
//   WHERE next_at <= now() AND next_at >= now() - :back  ORDER BY next_at LIMIT :limit
//
// What a claim must see is due now or later: jobs are enqueued, put off and leased to a time that
// is not in the past. A job may still turn up behind the window: it was committed long after its
// statement began, its claim was rolled back, or the database's clock was moved. It waits until a
// claim looks at everything, so kWholeEvery (and a worker's poll) bounds how long it may be hidden.
//
// One for each queue and process. Thread-safe.
class ClaimWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Longer than it takes, as a rule, to commit a job or to run a claim.
  static constexpr std::chrono::seconds kMargin{5};
  static constexpr std::chrono::seconds kWholeEvery{60};

  // One claim's view.
  struct Look {
    Time begin;
    Time from;
    bool whole = false;
    // The parameter `back`.
    double BackSeconds() const;
  };

  // Before the statement.
  Look Begin(Time now = std::chrono::steady_clock::now());
  // After it has succeeded. `late` is how long the newest job that it took has been due, when it
  // took as many as it was allowed to (later ones may be left), and zero when it took all there
  // were.
  void End(const Look& look, std::chrono::milliseconds late,
           Time now = std::chrono::steady_clock::now());

 private:
  std::mutex mutex_;
  // No job that was due before is left.
  Time empty_until_;
  std::optional<Time> last_whole_;
};

}  // namespace fsft::work
