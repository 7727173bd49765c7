#pragma once

#include "shared/db/statement.h"

// The statements that find what has been kept for long enough. Each follows an index of its own that
// leaves out what is forgotten already, see schema/deploy/intake/retention.sql.
namespace fsft::intake::sql {

// Nobody has paid, as far as payment has told, and nobody has touched it for days.
inline constexpr db::Statement kLookUnpaid = {"intake.look_unpaid", R"sql(
SELECT intake_id, created_at, updated_at < now() - make_interval(days => CAST(:days AS integer))
FROM intake.intakes
WHERE data_key_id IS NOT NULL AND payment_id IS NULL
  AND created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, intake_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, intake_id LIMIT CAST(:batch AS integer))sql"};

// The order is history for days. One that the customer has taken up again counts from there.
inline constexpr db::Statement kLookPaid = {"intake.look_paid", R"sql(
SELECT intake_id, created_at,
       coalesce(erasable_from < now() - make_interval(days => CAST(:days AS integer)), false)
       AND (state NOT IN ('draft', 'submitted') OR updated_at < now() - make_interval(days => CAST(:days AS integer)))
FROM intake.intakes
WHERE data_key_id IS NOT NULL AND payment_id IS NOT NULL
  AND created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, intake_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, intake_id LIMIT CAST(:batch AS integer))sql"};

// A question about an appeal that can still be read is forgotten with it.
inline constexpr db::Statement kLookQuestions = {"intake.look_questions", R"sql(
SELECT support_id, created_at,
       NOT EXISTS (SELECT FROM intake.intakes i WHERE i.intake_id = s.intake_id AND i.data_key IS NOT NULL)
FROM intake.support_requests s
WHERE data_key_id IS NOT NULL
  AND created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, support_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, support_id LIMIT CAST(:batch AS integer))sql"};

inline constexpr db::Statement kForgetQuestion = {"intake.forget_question", R"sql(
UPDATE intake.support_requests SET data_key = NULL, data_key_id = NULL, text_sealed = NULL, erased_at = now()
WHERE support_id = CAST(:id AS uuid) AND data_key IS NOT NULL
  AND created_at < now() - make_interval(days => CAST(:days AS integer))
RETURNING support_id)sql"};

// A question that was blanked.
inline constexpr db::Statement kLookQuestionRows = {"intake.look_question_rows", R"sql(
SELECT support_id, created_at, data_key IS NULL
FROM intake.support_requests
WHERE created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, support_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, support_id LIMIT CAST(:batch AS integer))sql"};

inline constexpr db::Statement kDeleteQuestion = {"intake.delete_question", R"sql(
DELETE FROM intake.support_requests
WHERE support_id = CAST(:id AS uuid) AND data_key IS NULL
  AND created_at < now() - make_interval(days => CAST(:days AS integer))
RETURNING support_id)sql"};

// An intake that was erased. The last thing that happened is no longer ago than its last order, or
// than the last time that the customer was to pay.
inline constexpr db::Statement kLookIntakes = {"intake.look_intakes", R"sql(
SELECT intake_id, created_at,
       erased_at IS NOT NULL
       AND greatest(created_at, submitted_at, erasable_from) < now() - make_interval(days => CAST(:days AS integer))
FROM intake.intakes
WHERE data_key_id IS NULL
  AND created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, intake_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, intake_id LIMIT CAST(:batch AS integer))sql"};

// With its drafts and exhibits, by their foreign keys. A foreign key refuses it while there is a
// payment. The list of erasures keeps the id, for whoever follows it. Not flushed at once: where the
// commit is lost, the row is found again.
inline constexpr db::Statement kDeleteIntake = {"intake.delete_intake", R"sql(
WITH due AS MATERIALIZED (
  SELECT intake_id, state, order_version FROM intake.intakes
  WHERE intake_id = CAST(:id AS uuid) AND data_key_id IS NULL AND erased_at IS NOT NULL
    AND greatest(created_at, submitted_at, erasable_from) < now() - make_interval(days => CAST(:days AS integer))
  FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM intake.intakes i USING due WHERE i.intake_id = due.intake_id
  RETURNING i.intake_id, due.state, due.order_version
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'retention', 'delete', state, 'deleted', order_version FROM deleted
)
SELECT intake_id, set_config('synchronous_commit', 'off', true) FROM deleted)sql",
                                                db::Durability::kWithNext};

}  // namespace fsft::intake::sql
