#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/fulfillment/mailing/decision.h"

namespace fsft::fulfillment {

// What the printer's list says of one letter. To be listed is proof; not to be listed is none.
struct Findings {
  // The letter that counts: the one that we know of, or else the oldest that is live.
  std::optional<PrintedLetter> live{};
  // Further live letters of the same payment. Only one may be printed.
  std::vector<std::string> extra_ids{};
  // Where none is live: one of this generation that was taken and then failed or deleted.
  std::optional<PrintedLetter> dead{};
};

// `known_id` is the letter that we know of, empty for none. While the list does not show that one
// it is behind, and what else it shows decides nothing. A live letter counts whatever its
// generation: it is on its way.
Findings FindingsFor(const Lease& letter, const std::string& known_id,
                     const std::vector<PrintedLetter>& listed);

// Whether the list proves what became of a letter: "mailed" with the letter that it shows, or
// "failed_at_printer". Nothing where it proves nothing.
std::optional<Decision> Proof(const Findings& findings, const MailingPolicy& policy);

// After a look at a letter that the printer has accepted.
Decision AfterLook(const FollowedLetter& letter, const Findings& findings,
                   const MailingPolicy& policy);

// After a search for a letter of unknown fate. `control_seen`: the list showed a letter that was
// accepted after our last POST, so it would have shown ours.
//
// A letter that is not found stays as it is, at last "outcome_unknown"; once it is proven that the
// printer does not have it, the reason says so and an operator decides. One that is to be cancelled
// is cancelled by that proof.
Decision AfterSearch(const FollowedLetter& letter, const Findings& findings, bool control_seen,
                     const MailingPolicy& policy);

// After the printer was asked to cancel all that it has of a letter.
Decision AfterCancel(const CancelAnswer& answer, const FollowedLetter& letter,
                     const std::string& letter_id, const MailingPolicy& policy);

}  // namespace fsft::fulfillment
