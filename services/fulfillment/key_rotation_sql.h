#pragma once

#include "shared/db/statement.h"

// The statements that bring letters under the ring's current key.
namespace fsft::fulfillment::sql {

// Two ranges of the index beside the current key: empty, and therefore cheap, when nothing is left.
inline constexpr db::Statement kOldWraps = {"fulfillment.old_wraps", R"sql(
SELECT (SELECT count(*) FROM fulfillment.letters WHERE data_key_id < CAST(:current AS text))
     + (SELECT count(*) FROM fulfillment.letters WHERE data_key_id > CAST(:current AS text)))sql"};

// By the index of key and id, from one entry to another: with an equality the planner may as well walk the
// primary key, past every row that is renewed already.
inline constexpr db::Statement kFindWrapped = {"fulfillment.find_wrapped", R"sql(
SELECT payment_id, data_key, data_key_id FROM fulfillment.letters
WHERE (data_key_id, payment_id) > (CAST(:old_key AS text), CAST(:after AS uuid)) AND data_key_id <= CAST(:old_key AS text)
ORDER BY data_key_id, payment_id LIMIT CAST(:batch AS integer) FOR UPDATE SKIP LOCKED)sql"};

inline constexpr db::Statement kRewrap = {"fulfillment.rewrap", R"sql(
UPDATE fulfillment.letters l SET data_key = n.data_key, data_key_id = CAST(:key_id AS text)
FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS bytea[])) AS n (payment_id, data_key)
WHERE l.payment_id = n.payment_id)sql"};

}  // namespace fsft::fulfillment::sql
