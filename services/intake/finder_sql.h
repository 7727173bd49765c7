#pragma once

#include "shared/db/statement.h"

// The statements that find intakes by what people remember of them. A look-up hash is compared
// under every key of the ring, so that nobody is missed while the keys are being changed.
namespace fsft::intake::sql {

// Somebody's own newest appeal, a paid one before a newer one.
inline constexpr db::Statement kLookUp = {"intake.look_up", R"sql(
SELECT intake_id FROM intake.intakes
WHERE citation_hmac = ANY (CAST(:citation_hmacs AS bytea[])) AND email_hmac = ANY (CAST(:email_hmacs AS bytea[]))
  AND submitted_at IS NOT NULL
ORDER BY state IN ('paid', 'fulfilled') DESC, submitted_at DESC
LIMIT 1)sql"};

inline constexpr db::Statement kSearchByHmac = {"intake.search_by_hmac", R"sql(
SELECT intake_id, state, city_id, section_id, payment_id, created_at, submitted_at, paid_at, data_key IS NULL
FROM intake.intakes
WHERE citation_hmac = ANY (CAST(:citation_hmacs AS bytea[])) OR email_hmac = ANY (CAST(:email_hmacs AS bytea[]))
ORDER BY created_at DESC
LIMIT 100)sql"};

inline constexpr db::Statement kSearchById = {"intake.search_by_id", R"sql(
SELECT intake_id, state, city_id, section_id, payment_id, created_at, submitted_at, paid_at, data_key IS NULL
FROM intake.intakes
WHERE intake_id = CAST(:id AS uuid) OR payment_id = CAST(:id AS uuid)
ORDER BY created_at DESC
LIMIT 100)sql"};

}  // namespace fsft::intake::sql
