#pragma once

#include "shared/db/statement.h"

// The statements that end the rows of letters.
namespace fsft::fulfillment::sql {

// Nothing of the person is left in it, nothing more will happen to it, and payment has been told. A
// letter whose fate is open is kept, however old.
inline constexpr db::Statement kLookLetters = {"fulfillment.look_letters", R"sql(
SELECT payment_id, created_at,
       data_key IS NULL AND unsure_since IS NULL
       AND state IN ('mailed', 'in_transit', 'delivered', 'returned', 'cancelled')
       AND greatest(created_at, paid_at, mailed_at) < now() - make_interval(days => CAST(:days AS integer))
       AND NOT EXISTS (SELECT FROM fulfillment.outbox o WHERE o.payment_id = l.payment_id)
FROM fulfillment.letters l
WHERE created_at < now() - make_interval(days => CAST(:days AS integer))
  AND (created_at, payment_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS uuid))
ORDER BY created_at, payment_id LIMIT CAST(:batch AS integer))sql"};

// What is left is the id, so that no late word of payment makes a second letter of it. Not flushed
// at once: where the commit is lost, the row is there as before, and is found again.
inline constexpr db::Statement kDeleteLetter = {"fulfillment.delete_letter", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, state, version FROM fulfillment.letters l
  WHERE payment_id = CAST(:id AS uuid) AND data_key IS NULL AND unsure_since IS NULL
    AND state IN ('mailed', 'in_transit', 'delivered', 'returned', 'cancelled')
    AND greatest(created_at, paid_at, mailed_at) < now() - make_interval(days => CAST(:days AS integer))
    AND NOT EXISTS (SELECT FROM fulfillment.outbox o WHERE o.payment_id = l.payment_id)
  FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM fulfillment.letters l USING due WHERE l.payment_id = due.payment_id
  RETURNING l.payment_id, due.state, due.version
), remembered AS (
  INSERT INTO fulfillment.deleted_letters (payment_id) SELECT payment_id FROM deleted
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'retention', 'delete', state, 'deleted', version + 1 FROM deleted
)
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM deleted)sql",
                                                db::Durability::kWithNext};

}  // namespace fsft::fulfillment::sql
