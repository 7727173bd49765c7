#pragma once

#include "shared/db/statement.h"

// The statements of tracking: what the printer and the mail say of letters that the printer has.
namespace fsft::fulfillment::sql {

// What news do to a letter, whether an event brings them (:event_id) or a look at the letter does
// (no event_id). The news are a word of lob/printer.h. Letters only go forward, and every order of
// the same news ends in the same state:
//
//   mailed < failed_at_printer, cancelled < in_transit < delivered < returned
//
// A letter that failed or was cancelled at the printer and is then seen by the mail is in the mail:
// what was seen is truer than what was said, and a second letter must not follow it. A failure that
// is told when the mail has the letter already comes too late. After "returned to sender" the mail's
// "delivered" is its delivery to the sender. While a letter is cancelling it is the follower who
// ends that: there may be a second letter to cancel.
//
// The letter is the one whose id is told. News of a letter that we are not sure to have posted, or
// that a restored database does not know to be posted, are proof: it is adopted, when its metadata
// name our payment and the present generation. Failures are no proof of that kind: there may be
// another letter that did not fail. News of another letter than the adopted one move nothing, and
// those of an older generation neither.
//
// Zero rows: the event is stored already. The row lock comes first, so twins of an event, different
// events of one letter and looks at it wait for each other here; whoever comes second sees the
// first one's state. What "moved" writes is guarded by that lock and made of the row that was locked,
// not of the one that it updates. That one is first the snapshot's, which is as old as the statement:
// PostgreSQL puts the newest one in its place, but only after it has held what it would make of the
// old one against the table's CHECKs. An event that was stored as unmatched counts when it comes again
// and finds its letter.
//
// While a letter is "sending" its lease stays as it is, because a POST may be under way; the answer
// to that one finds the letter moved, and writes nothing.
inline constexpr db::Statement kTakeNews = {"fulfillment.take_news", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, state, reason, version, failures, next_at, lob_letter_id, tracking_number, expected_delivery,
         mailed_at, moved_at, delivered_at, returned_at
  FROM fulfillment.letters
  WHERE payment_id = coalesce((SELECT payment_id FROM fulfillment.letters WHERE lob_letter_id = CAST(:letter_id AS text)),
                              CAST(:payment_id AS uuid))
    AND (lob_letter_id = CAST(:letter_id AS text)
         OR (lob_letter_id IS NULL AND generation = CAST(:generation AS integer)
             AND CAST(:news AS text) IN ('accepted', 'moving', 'delivered', 'returned')))
  FOR UPDATE
), decision AS MATERIALIZED (
  SELECT payment_id, state AS from_state,
         CASE CAST(:news AS text)
           WHEN 'accepted' THEN CASE WHEN lob_letter_id IS NOT NULL THEN state
                                     WHEN state IN ('cancelling', 'cancelled') THEN 'cancelling' ELSE 'mailed' END
           WHEN 'moving' THEN CASE WHEN state IN ('delivered', 'returned') THEN state ELSE 'in_transit' END
           WHEN 'delivered' THEN CASE WHEN state = 'returned' THEN state ELSE 'delivered' END
           WHEN 'returned' THEN 'returned'
           ELSE CASE WHEN state = 'mailed' THEN 'failed_at_printer' ELSE state END
         END AS to_state,
         lob_letter_id IS NULL
         OR (tracking_number IS NULL AND CAST(:tracking_number AS text) IS NOT NULL)
         OR (expected_delivery IS NULL AND CAST(:expected_delivery AS date) IS NOT NULL)
         OR (CAST(:news AS text) = 'delivered' AND delivered_at IS NULL)
         OR (CAST(:news AS text) = 'returned' AND returned_at IS NULL) AS told_more,
         reason, version, failures, next_at, tracking_number, expected_delivery, mailed_at, moved_at, delivered_at,
         returned_at
  FROM before
), judged AS MATERIALIZED (
  SELECT d.payment_id,
         CASE WHEN d.payment_id IS NOT NULL
                THEN CASE WHEN d.told_more OR d.from_state <> d.to_state THEN 'processed' ELSE 'duplicate' END
              WHEN EXISTS (SELECT FROM fulfillment.letters l
                           WHERE l.payment_id = CAST(:payment_id AS uuid)
                             AND (l.lob_letter_id IS NOT NULL OR l.generation <> CAST(:generation AS integer)))
                OR EXISTS (SELECT FROM fulfillment.deleted_letters WHERE payment_id = CAST(:payment_id AS uuid))
                THEN 'ignored'
              ELSE 'unmatched' END AS outcome
  FROM (SELECT) AS always LEFT JOIN decision d ON true
), event AS (
  INSERT INTO fulfillment.lob_events AS stored (event_id, created_at, type, outcome, letter_id, payment_id)
  SELECT CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text), outcome,
         CAST(:letter_id AS text), coalesce(payment_id, CAST(:payment_id AS uuid))
  FROM judged WHERE CAST(:event_id AS text) IS NOT NULL
  ON CONFLICT (event_id, created_at) DO UPDATE SET outcome = excluded.outcome, payment_id = excluded.payment_id
  WHERE stored.outcome = 'unmatched' AND excluded.outcome <> 'unmatched'
  RETURNING outcome
), verdict AS (
  SELECT outcome FROM event
  UNION ALL SELECT outcome FROM judged WHERE CAST(:event_id AS text) IS NULL
), left_waiting AS (
  INSERT INTO fulfillment.unmatched_lob_events (event_id, created_at, letter_id)
  SELECT CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:letter_id AS text)
  FROM event WHERE outcome = 'unmatched'
), taken_up AS (
  DELETE FROM fulfillment.unmatched_lob_events
  WHERE event_id = CAST(:event_id AS text) AND EXISTS (SELECT FROM judged WHERE outcome <> 'unmatched')
), moved AS (
  UPDATE fulfillment.letters l
  SET state = d.to_state, lob_letter_id = CAST(:letter_id AS text),
      tracking_number = coalesce(d.tracking_number, CAST(:tracking_number AS text)),
      expected_delivery = coalesce(d.expected_delivery, CAST(:expected_delivery AS date)),
      mailed_at = CASE WHEN d.to_state IN ('cancelling', 'cancelled') THEN d.mailed_at ELSE coalesce(d.mailed_at, now()) END,
      moved_at = CASE WHEN CAST(:news AS text) IN ('moving', 'delivered', 'returned')
                      THEN greatest(d.moved_at, least(CAST(:at AS timestamptz), now())) ELSE d.moved_at END,
      delivered_at = CASE CAST(:news AS text) WHEN 'delivered' THEN coalesce(d.delivered_at, CAST(:at AS timestamptz))
                     ELSE d.delivered_at END,
      returned_at = CASE CAST(:news AS text) WHEN 'returned' THEN coalesce(d.returned_at, CAST(:at AS timestamptz))
                    ELSE d.returned_at END,
      reason = CASE WHEN d.to_state = d.from_state THEN d.reason
                    WHEN d.to_state = 'failed_at_printer' THEN 'printer_' || CAST(:news AS text)
                    WHEN d.from_state IN ('cancelling', 'cancelled') AND d.to_state <> 'cancelling' THEN 'too_late_to_cancel'
                    WHEN d.reason = 'too_late_to_cancel' THEN d.reason
                    ELSE '' END,
      unsure_since = NULL, failures = CASE WHEN d.to_state = d.from_state THEN d.failures ELSE 0 END,
      misses = 0, missed_at = NULL,
      next_at = CASE WHEN d.to_state = 'cancelling' AND d.from_state = 'cancelled' THEN now()
                     WHEN d.from_state IN ('queued', 'outcome_unknown', 'dead_letter', 'failed_at_printer', 'cancelled')
                          AND d.to_state <> d.from_state
                       THEN now() + interval '1 minute'
                     ELSE d.next_at END,
      version = d.version + CASE verdict.outcome WHEN 'processed' THEN 1 ELSE 0 END, updated_at = now()
  FROM decision d, verdict
  WHERE l.payment_id = d.payment_id
    AND (verdict.outcome = 'processed'
         OR (verdict.outcome = 'duplicate' AND CAST(:news AS text) IN ('moving', 'delivered', 'returned')))
  RETURNING l.payment_id, d.from_state, l.state AS to_state, l.version, l.reason, verdict.outcome
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'printer', CASE WHEN CAST(:event_id AS text) IS NULL THEN 'look' ELSE 'event' END,
         from_state, to_state, version, reason
  FROM moved WHERE outcome = 'processed'
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version)
  SELECT payment_id, 'payment', version FROM moved WHERE outcome = 'processed'
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT verdict.outcome, d.payment_id, d.from_state, d.to_state,
       d.payment_id IS NOT NULL
       AND EXISTS (SELECT FROM fulfillment.unmatched_lob_events w
                   WHERE w.letter_id = CAST(:letter_id AS text) AND w.event_id IS DISTINCT FROM CAST(:event_id AS text))
FROM verdict LEFT JOIN decision d ON true)sql"};

// An event that moves nothing.
inline constexpr db::Statement kRecordEvent = {"fulfillment.record_event", R"sql(
INSERT INTO fulfillment.lob_events (event_id, created_at, type, outcome, letter_id, payment_id)
VALUES (CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text), 'ignored',
        CAST(:letter_id AS text), CAST(:payment_id AS uuid))
ON CONFLICT DO NOTHING
RETURNING outcome)sql"};

// What is waiting for a letter, oldest first.
inline constexpr db::Statement kUnmatched = {"fulfillment.unmatched_events", R"sql(
SELECT event_id, created_at, e.type
FROM fulfillment.unmatched_lob_events w JOIN fulfillment.lob_events e USING (event_id, created_at)
WHERE w.letter_id = CAST(:letter_id AS text)
ORDER BY created_at LIMIT 20)sql"};

inline constexpr db::Statement kLastEventAge = {"fulfillment.last_event_age", R"sql(
SELECT CAST(extract(epoch FROM now() - received_at) AS bigint)
FROM fulfillment.lob_events ORDER BY received_at DESC LIMIT 1)sql"};

}  // namespace fsft::fulfillment::sql
