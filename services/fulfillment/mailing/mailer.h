#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "services/fulfillment/letter/typesetter.h"
#include "services/fulfillment/lob/printer.h"
#include "services/fulfillment/mailing/findings.h"
#include "services/fulfillment/mailing/mailing_store.h"
#include "services/fulfillment/mailing/submissions.h"
#include "shared/crypto/key_source.h"

namespace fsft::metrics {
class Counter;
class Registry;
}  // namespace fsft::metrics

namespace fsft::fulfillment {

// Takes one letter at a time from the queue to the printer. Several mailers, here and in other
// replicas, may run; a letter is with one of them at a time.
class Mailer {
 public:
  struct Options {
    std::chrono::seconds lease{120};
    // The longest that Printer::Print takes.
    std::chrono::milliseconds print_timeout = kPrintTimeout;
    // The longest that it waits before for its turn at the printer.
    std::chrono::milliseconds longest_turn{0};
    MailingPolicy policy{};
    // Called after a commit that payment is to hear of.
    std::function<void()> wake_relay;
    // Whether this process ends: what is not at the printer yet is then given back.
    std::function<bool()> stopping{};
  };

  // All outlive it.
  Mailer(MailingStore& store, Submissions& submissions, Typesetter& typesetter, Printer& printer,
         crypto::KeySource& keys, metrics::Registry& registry, Options options);

  // The step of a Worker: claims a letter, posts it and writes down what came of it. Answers how
  // many it found.
  absl::StatusOr<int> MailOne();

 private:
  // What a POST needs beside the claim.
  struct Prepared {
    Submission submission;
    std::string pdf;
    std::optional<SealedPdf> typeset;  // only when it was typeset now, and is to be stored
  };

  absl::Status Work(const ClaimedLetter& letter);
  // What the printer's list proves about a letter that it may have already; nothing: post it.
  std::optional<Decision> SearchFirst(const ClaimedLetter& letter);
  // Fetches, checks and typesets; or says what becomes of a letter for which that cannot be done.
  std::variant<Prepared, Decision> Prepare(const ClaimedLetter& letter);
  absl::Status Post(const ClaimedLetter& letter, const Prepared& prepared);
  bool Stopping() const;
  // As it was claimed: another replica has it at once.
  absl::Status GiveBack(const ClaimedLetter& letter);
  void CountPost(const ClaimedLetter& letter);
  absl::Status Settle(const Lease& letter, const Decision& decision);

  MailingStore& store_;
  Submissions& submissions_;
  Typesetter& typesetter_;
  Printer& printer_;
  crypto::KeySource& keys_;
  metrics::Registry& registry_;
  metrics::Counter& first_posts_;
  metrics::Counter& posts_again_;
  const Options options_;
};

}  // namespace fsft::fulfillment
