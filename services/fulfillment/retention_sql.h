#pragma once

#include "shared/db/statement.h"

// The statements that end the rows of letters, and what events say of them.
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

// An event keeps the printer's id of its letter for as long as the letter's row is there, and at least
// for days: one that belongs to no letter of ours goes by its own age.
inline constexpr db::Statement kLookEvents = {"fulfillment.look_events", R"sql(
SELECT event_id, received_at,
       NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = e.letter_id)
FROM fulfillment.lob_events e
WHERE letter_id IS NOT NULL AND received_at < now() - make_interval(days => CAST(:days AS integer))
  AND (received_at, event_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS text))
ORDER BY received_at, event_id LIMIT CAST(:batch AS integer))sql"};

// The event itself stays: the printer's repetition of it must still be known. One that waited for a
// letter waits no more.
inline constexpr db::Statement kBlankEvent = {"fulfillment.blank_event", R"sql(
WITH blanked AS (
  UPDATE fulfillment.lob_events e SET letter_id = NULL
  WHERE event_id = CAST(:id AS text) AND letter_id IS NOT NULL
    AND received_at < now() - make_interval(days => CAST(:days AS integer))
    AND NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = e.letter_id)
  RETURNING event_id
), taken_out AS (
  DELETE FROM fulfillment.unmatched_lob_events w USING blanked WHERE w.event_id = blanked.event_id
)
SELECT event_id, set_config('synchronous_commit', 'off', true) FROM blanked)sql",
                                              db::Durability::kWithNext};

// An event that waits for a letter waits for days, and as long as a look at its letter may take it up.
inline constexpr db::Statement kLookWaiting = {"fulfillment.look_waiting_events", R"sql(
SELECT event_id, received_at,
       NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = w.letter_id)
FROM fulfillment.unmatched_lob_events w
WHERE received_at < now() - make_interval(days => CAST(:days AS integer))
  AND (received_at, event_id) > (CAST(:after_time AS timestamptz), CAST(:after_id AS text))
ORDER BY received_at, event_id LIMIT CAST(:batch AS integer))sql"};

// As kBlankEvent. One that has found its letter meanwhile is left alone: the update sees what it has
// waited for.
inline constexpr db::Statement kForgetWaiting = {"fulfillment.forget_waiting_event", R"sql(
WITH blanked AS (
  UPDATE fulfillment.lob_events e SET letter_id = NULL
  FROM fulfillment.unmatched_lob_events w
  WHERE w.event_id = CAST(:id AS text) AND w.received_at < now() - make_interval(days => CAST(:days AS integer))
    AND NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = w.letter_id)
    AND e.event_id = w.event_id AND e.created_at = w.created_at AND e.outcome = 'unmatched'
  RETURNING e.event_id
), taken_out AS (
  DELETE FROM fulfillment.unmatched_lob_events w USING blanked WHERE w.event_id = blanked.event_id
)
SELECT event_id, set_config('synchronous_commit', 'off', true) FROM blanked)sql",
                                                 db::Durability::kWithNext};

}  // namespace fsft::fulfillment::sql
