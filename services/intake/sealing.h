#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/submission.pb.h"
#include "shared/crypto/envelope.h"
#include "shared/crypto/key_ring.h"

namespace fsft::intake {

// Who an appeal is about, sealed, and the hashes it is found by.
struct SealedPerson {
  std::string person{};
  std::string citation_hmac{};
  // Empty without an email address.
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
// The submission's clear bytes.
absl::StatusOr<std::string> OpenSubmission(std::string_view sealed, std::string_view intake_id,
                                           std::string_view draft_id,
                                           const crypto::WrappedKey& data_key,
                                           const crypto::KeyRing& keys);

// A keyed hash, under which a row is found by something personal without storing it. `what` keeps a
// citation and an email address of the same letters apart.
std::string LookupHmac(const crypto::KeyRing& keys, std::string_view what, std::string_view value);

}  // namespace fsft::intake
