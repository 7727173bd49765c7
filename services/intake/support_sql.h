#pragma once

#include "shared/db/statement.h"

// The statements of support requests.
namespace fsft::intake::sql {

// Zero rows: the request came before, and kAskedBefore reads what it made. A question about an order
// belongs to that order's intake, and is forgotten with it.
inline constexpr db::Statement kAsk = {"intake.ask", R"sql(
WITH request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, support_id, expires_at)
  SELECT CAST(:key_hmac AS bytea), CAST(:digest AS bytea), CAST(:lookup_key_id AS text), CAST(:support_id AS uuid),
         now() + make_interval(secs => CAST(:key_seconds AS double precision))
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST(:older_key_hmacs AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = NULL, draft_id = NULL,
      exhibit_id = NULL, support_id = excluded.support_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.support_id
)
INSERT INTO intake.support_requests (support_id, payment_id, intake_id, data_key, data_key_id, text_sealed)
SELECT support_id, CAST(:payment_id AS uuid),
       (SELECT intake_id FROM intake.intakes WHERE payment_id = CAST(:payment_id AS uuid)),
       CAST(:data_key AS bytea), CAST(:data_key_id AS text), CAST(:text AS bytea)
FROM request
RETURNING support_id)sql"};

inline constexpr db::Statement kAskedBefore = {"intake.asked_before", R"sql(
SELECT key_hmac, digest, support_id FROM intake.request_keys
WHERE key_hmac = ANY (CAST(:key_hmacs AS bytea[])) AND expires_at > now() AND support_id IS NOT NULL
LIMIT 1)sql"};

// Newest first; ids of version 7 sort by their time.
inline constexpr db::Statement kQuestions = {"intake.questions", R"sql(
SELECT support_id, created_at, payment_id, data_key, data_key_id, text_sealed
FROM intake.support_requests
WHERE (created_at, support_id) < (CAST(:before_time AS timestamptz), CAST(:before_id AS uuid))
ORDER BY created_at DESC, support_id DESC LIMIT CAST(:limit AS integer))sql"};

inline constexpr db::Statement kOldQuestionWraps = {"intake.old_question_wraps", R"sql(
SELECT (SELECT count(*) FROM intake.support_requests WHERE data_key_id < CAST(:current AS text))
     + (SELECT count(*) FROM intake.support_requests WHERE data_key_id > CAST(:current AS text)))sql"};

inline constexpr db::Statement kFindWrappedQuestions = {"intake.find_wrapped_questions", R"sql(
SELECT support_id, data_key, data_key_id FROM intake.support_requests
WHERE (data_key_id, support_id) > (CAST(:old_key AS text), CAST(:after AS uuid)) AND data_key_id <= CAST(:old_key AS text)
ORDER BY data_key_id, support_id LIMIT CAST(:batch AS integer) FOR UPDATE SKIP LOCKED)sql"};

inline constexpr db::Statement kRewrapQuestions = {"intake.rewrap_questions", R"sql(
UPDATE intake.support_requests s SET data_key = n.data_key, data_key_id = CAST(:key_id AS text)
FROM unnest(CAST(:ids AS uuid[]), CAST(:keys AS bytea[])) AS n (support_id, data_key)
WHERE s.support_id = n.support_id)sql"};

}  // namespace fsft::intake::sql
