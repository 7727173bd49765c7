#pragma once

#include "shared/db/statement.h"

// The statements that read Stripe's list of events and find what never came.
namespace fsft::payment::sql {

// Zero rows: it is not due, or another replica has it. `anyway` is an operator who does not wait;
// the replica that has it then finds its claim gone, and has done no harm.
inline constexpr db::Statement kClaimCursor = {"payment.claim_event_cursor", R"sql(
UPDATE payment.event_cursor
SET claim = claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
WHERE next_at <= now() OR CAST(:anyway AS boolean)
RETURNING claim, read_to, failures, now(), set_config('synchronous_commit', 'off', true))sql",
                                               db::Durability::kWithNext};

// Of what was applied before, every event is on disk; a position that is lost is only read again.
inline constexpr db::Statement kMoveCursor = {"payment.move_event_cursor", R"sql(
UPDATE payment.event_cursor
SET read_to = greatest(read_to, CAST(:read_to AS timestamptz)), failures = 0,
    next_at = now() + make_interval(secs => CAST(:pause AS double precision))
WHERE claim = CAST(:claim AS bigint)
RETURNING set_config('synchronous_commit', 'off', true))sql",
                                              db::Durability::kWithNext};

inline constexpr db::Statement kPutCursorOff = {"payment.put_event_cursor_off", R"sql(
UPDATE payment.event_cursor
SET failures = failures + 1, next_at = now() + make_interval(secs => CAST(:pause AS double precision))
WHERE claim = CAST(:claim AS bigint)
RETURNING set_config('synchronous_commit', 'off', true))sql",
                                                db::Durability::kWithNext};

// The times of the events pick the partitions.
inline constexpr db::Statement kKnownEvents = {"payment.known_events", R"sql(
SELECT event_id FROM payment.stripe_events
WHERE event_id = ANY (CAST(:ids AS text[]))
  AND created_at >= CAST(:from AS timestamptz) AND created_at <= CAST(:until AS timestamptz))sql"};

// A stretch of what waits, and the payments in it that are known by now. Always one row.
inline constexpr db::Statement kMatchable = {"payment.matchable_events", R"sql(
WITH stretch AS MATERIALIZED (
  SELECT event_id, payment_id, session_id, payment_intent FROM payment.unmatched_events
  WHERE event_id > CAST(:after AS text) ORDER BY event_id LIMIT CAST(:limit AS bigint)
)
SELECT (SELECT count(*) FROM stretch), (SELECT max(event_id) FROM stretch),
       ARRAY (SELECT DISTINCT CAST(p.payment_id AS text) FROM stretch JOIN payment.payments p
              ON p.payment_id = stretch.payment_id OR p.stripe_session_id = stretch.session_id
                 OR p.stripe_payment_intent = stretch.payment_intent))sql"};

inline constexpr db::Statement kUnmatchedLeft = {"payment.unmatched_left", R"sql(
SELECT count(*) FROM (SELECT FROM payment.unmatched_events LIMIT 100000) AS waiting)sql"};

}  // namespace fsft::payment::sql
