#pragma once

#include "shared/db/statement.h"

// The statements that bring intake's rows under the ring's current keys.
namespace fsft::intake::sql {

// Two ranges of the index beside the current key: empty, and therefore cheap, when nothing is left.
inline constexpr db::Statement kOldWraps = {"intake.old_wraps", R"sql(
SELECT (SELECT count(*) FROM intake.intakes WHERE data_key_id < CAST(:current AS text))
     + (SELECT count(*) FROM intake.intakes WHERE data_key_id > CAST(:current AS text)))sql"};

// By the index of key and id, from one entry to another: with an equality the planner may as well walk the
// primary key, past every row that is renewed already.
inline constexpr db::Statement kFindWrapped = {"intake.find_wrapped", R"sql(
SELECT intake_id, data_key, data_key_id FROM intake.intakes
WHERE (data_key_id, intake_id) > (CAST(:old_key AS text), CAST(:after AS uuid)) AND data_key_id <= CAST(:old_key AS text)
ORDER BY data_key_id, intake_id LIMIT CAST(:batch AS integer) FOR UPDATE SKIP LOCKED)sql"};

inline constexpr db::Statement kRewrap = {"intake.rewrap", R"sql(
UPDATE intake.intakes i SET data_key = n.data_key, data_key_id = CAST(:key_id AS text)
FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS bytea[])) AS n (intake_id, data_key)
WHERE i.intake_id = n.intake_id)sql"};

inline constexpr db::Statement kOldHashes = {"intake.old_hashes", R"sql(
SELECT (SELECT count(*) FROM intake.intakes WHERE lookup_key_id < CAST(:current AS text))
     + (SELECT count(*) FROM intake.intakes WHERE lookup_key_id > CAST(:current AS text)))sql"};

inline constexpr db::Statement kFindHashed = {"intake.find_hashed", R"sql(
SELECT intake_id, data_key, data_key_id, person_sealed FROM intake.intakes
WHERE (lookup_key_id, intake_id) > (CAST(:old_key AS text), CAST(:after AS uuid))
  AND lookup_key_id <= CAST(:old_key AS text)
ORDER BY lookup_key_id, intake_id LIMIT CAST(:batch AS integer) FOR UPDATE SKIP LOCKED)sql"};

// An empty hash is none.
inline constexpr db::Statement kRehash = {"intake.rehash", R"sql(
UPDATE intake.intakes i
SET citation_hmac = nullif(n.citation_hmac, ''), email_hmac = nullif(n.email_hmac, ''),
    lookup_key_id = CAST(:key_id AS text)
FROM unnest(CAST(:ids AS uuid[]), CAST(:citation_hmacs AS bytea[]), CAST(:email_hmacs AS bytea[]))
  AS n (intake_id, citation_hmac, email_hmac)
WHERE i.intake_id = n.intake_id)sql"};

// They cannot be hashed anew, and need not be: within a day or so they are deleted.
inline constexpr db::Statement kOldRequests = {"intake.old_requests", R"sql(
SELECT (SELECT count(*) FROM intake.request_keys WHERE lookup_key_id < CAST(:current AS text))
     + (SELECT count(*) FROM intake.request_keys WHERE lookup_key_id > CAST(:current AS text)))sql"};

}  // namespace fsft::intake::sql
