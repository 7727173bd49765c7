#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "fightsftickets/intake/v1/submission.pb.h"
#include "shared/crypto/envelope.h"
#include "shared/crypto/key_ring.h"

namespace fsft::intake {

// An appeal as it is stored: nothing personal in clear form. The intake's data key seals both
// blobs, so forgetting the wrapped key erases them together.
struct SealedAppeal {
  crypto::WrappedKey data_key;
  std::string person;
  std::string submission;
  // Of the submission's clear bytes.
  std::string content_sha256;
  std::string citation_hmac;
  // Empty without an email address.
  std::string email_hmac;
  std::string lookup_key_id;
};

SealedAppeal SealAppeal(const fightsftickets::intake::v1::Submission& submission,
                        std::string_view intake_id, std::string_view draft_id,
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
