#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/submission.pb.h"
#include "shared/crypto/envelope.h"
#include "shared/crypto/key_ring.h"

namespace fsft::intake {

// The hashes that rows about the same citation and email address may have, under every lookup key
// of the ring, the current one first. Empty without a number, or an address.
struct Lookups {
  std::vector<std::string> citation{};
  std::vector<std::string> email{};

  // In the statements an empty hash stands for nobody's address.
  std::vector<std::string> EmailsToMatch() const {
    return email.empty() ? std::vector<std::string>{""} : email;
  }
};

// Who an appeal is about, sealed, and the hashes it is found by.
struct SealedPerson {
  std::string person{};
  // Under the current key; empty without a number, or an address.
  std::string citation_hmac{};
  std::string email_hmac{};
  std::string lookup_key_id{};
};

// A letter, sealed.
struct SealedDraft {
  std::string submission{};
  // Of the clear bytes.
  std::string content_sha256{};
};

// An appeal as it is stored: nothing personal in clear form. The intake's data key seals both
// blobs, so forgetting the wrapped key erases them together.
struct SealedAppeal {
  crypto::WrappedKey data_key{};
  SealedPerson person{};
  SealedDraft draft{};
  Lookups lookups{};
};

SealedAppeal SealAppeal(const fightsftickets::intake::v1::Submission& submission,
                        std::string_view intake_id, std::string_view draft_id,
                        const crypto::KeyRing& keys);

// Under the key that the intake has. A draft is a submission that is not complete yet.
SealedPerson SealPerson(const fightsftickets::intake::v1::Person& person,
                        std::string_view intake_id, const crypto::DataKey& key,
                        const crypto::KeyRing& keys);
SealedDraft SealDraft(const fightsftickets::intake::v1::Submission& submission,
                      std::string_view draft_id, const crypto::DataKey& key);

Lookups LookupsOf(const fightsftickets::intake::v1::Person& person, const crypto::KeyRing& keys);

// Wraps a new intake's key, and opens that of a stored one. NOT_FOUND when the ring lacks the key
// that it was wrapped with; DATA_LOSS when it is not this intake's.
crypto::WrappedKey WrapIntakeKey(const crypto::DataKey& key, std::string_view intake_id,
                                 const crypto::KeyRing& keys);
absl::StatusOr<crypto::DataKey> OpenIntakeKey(const crypto::WrappedKey& key,
                                              std::string_view intake_id,
                                              const crypto::KeyRing& keys);

// What SealAppeal sealed. DATA_LOSS when it was changed or its key is not the intake's.
absl::StatusOr<fightsftickets::intake::v1::Person> OpenPerson(std::string_view sealed,
                                                              std::string_view intake_id,
                                                              const crypto::WrappedKey& data_key,
                                                              const crypto::KeyRing& keys);
absl::StatusOr<fightsftickets::intake::v1::Submission> OpenDraft(std::string_view sealed,
                                                                 std::string_view draft_id,
                                                                 const crypto::DataKey& data_key);
// The submission's clear bytes.
absl::StatusOr<std::string> OpenSubmission(std::string_view sealed, std::string_view intake_id,
                                           std::string_view draft_id,
                                           const crypto::WrappedKey& data_key,
                                           const crypto::KeyRing& keys);

// A keyed hash, under which a row is found by something personal without storing it. `what` keeps a
// citation and an email address of the same letters apart. This one is for new rows; a stored row
// may still have that of an older key, so whoever looks for rows asks for all of LookupHmacs (the
// current key's first) with `= ANY`.
std::string LookupHmac(const crypto::KeyRing& keys, std::string_view what, std::string_view value);
std::vector<std::string> LookupHmacs(const crypto::KeyRing& keys, std::string_view what,
                                     std::string_view value);

}  // namespace fsft::intake
