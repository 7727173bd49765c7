#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/fulfillment/lob/printer.h"
#include "services/fulfillment/mailing/findings.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "services/fulfillment/tracking/tracker.h"

namespace fsft::metrics {
class Registry;
}

namespace fsft::fulfillment {

// Asks the printer what became of letters, and never posts one. It sees that an accepted letter is
// the only one of its payment, follows it to the door, looks for letters of unknown fate until there
// is proof, and cancels at the printer what payment has cancelled. Several may run.
class Follower {
 public:
  struct Options {
    std::chrono::seconds lease{120};
    MailingPolicy policy{};
    // Called after a commit that payment is to hear of.
    std::function<void()> wake_relay;
  };

  // All outlive it.
  Follower(MailingStore& store, Printer& printer, Tracker& tracker, metrics::Registry& registry,
           Options options);

  // The step of a Worker: claims a letter, asks for it and writes down what that has shown. Answers
  // how many it found.
  absl::StatusOr<int> FollowOne();

 private:
  // May set the letter's state, where what it sees has changed that already.
  absl::StatusOr<Decision> Ask(FollowedLetter& letter);
  absl::StatusOr<Decision> Look(FollowedLetter& letter, const Findings& findings);
  Decision Withdraw(const FollowedLetter& letter, const Findings& findings);
  // A list of all letters since the last POST: whether one that is surely there is listed, and what
  // is listed of ours.
  struct Control {
    bool seen = false;
    Findings findings{};
    // Why there is no list.
    std::optional<NotNow> obstacle{};
  };
  absl::StatusOr<Control> ListWithControl(const FollowedLetter& letter);
  void CancelExtra(const FollowedLetter& letter, const std::string& letter_id);

  MailingStore& store_;
  Printer& printer_;
  Tracker& tracker_;
  metrics::Registry& registry_;
  const Options options_;
};

}  // namespace fsft::fulfillment
