#pragma once

#include "shared/db/statement.h"

// The statements of emails. None of them is on the way of a letter: what is intended is written by
// a trigger of the schema, with the change that it tells of.
namespace fsft::fulfillment::sql {

// How far back it looks: see work::ClaimWindow. It is flushed: a claim that a crash of the database
// forgets would let a second replica send what the first one is about to send.
//
// The news of a payment is as old as the payment, also when this database was restored from a
// backup and hears of it anew.
inline constexpr db::Statement kClaimNotification = {"fulfillment.claim_notification", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, kind, next_at FROM fulfillment.notifications
  WHERE state = 'pending' AND next_at <= now()
    AND next_at >= now() - make_interval(secs => CAST(:back AS double precision))
  ORDER BY next_at LIMIT 1
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE fulfillment.notifications n
  SET claim = n.claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
  FROM due WHERE n.payment_id = due.payment_id AND n.kind = due.kind
  RETURNING CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint) AS late_ms,
            n.payment_id, n.kind, n.claim, n.failures, n.created_at
)
SELECT late_ms, payment_id, kind, c.claim, c.failures,
       CASE kind WHEN 'paid' THEN least(c.created_at, l.paid_at) ELSE c.created_at END
         < now() - make_interval(secs => CAST(:news AS double precision)),
       l.intake_id, l.version, l.order_version, l.state, l.want, l.amount_cents, l.currency, l.refunded_cents,
       l.tracking_number, l.expected_delivery
FROM claimed c JOIN fulfillment.letters l USING (payment_id))sql"};

// Zero rows: the lease is lost, and somebody else knows more. Flushed, so that what was sent is not
// sent again after a crash.
inline constexpr db::Statement kEndNotification = {"fulfillment.end_notification", R"sql(
UPDATE fulfillment.notifications
SET state = CAST(:state AS text), reason = CAST(:reason AS text),
    sent_at = CASE CAST(:state AS text) WHEN 'sent' THEN now() END
WHERE payment_id = CAST(:payment_id AS uuid) AND kind = CAST(:kind AS text) AND claim = CAST(:claim AS bigint)
  AND state = 'pending'
RETURNING kind)sql"};

// When it is lost in a crash the lease decides when the email is looked at again.
inline constexpr db::Statement kPutOffNotification = {"fulfillment.put_off_notification", R"sql(
UPDATE fulfillment.notifications
SET failures = failures + 1, reason = CAST(:reason AS text),
    next_at = now() + make_interval(secs => CAST(:pause AS double precision))
WHERE payment_id = CAST(:payment_id AS uuid) AND kind = CAST(:kind AS text) AND claim = CAST(:claim AS bigint)
  AND state = 'pending'
RETURNING kind, set_config('synchronous_commit', 'off', true))sql",
                                                      db::Durability::kWithNext};

// As if it had not been claimed: another replica may have it at once.
inline constexpr db::Statement kGiveBackNotification = {"fulfillment.give_back_notification", R"sql(
UPDATE fulfillment.notifications SET next_at = now()
WHERE payment_id = CAST(:payment_id AS uuid) AND kind = CAST(:kind AS text) AND claim = CAST(:claim AS bigint)
  AND state = 'pending'
RETURNING kind, set_config('synchronous_commit', 'off', true))sql",
                                                        db::Durability::kWithNext};

// Takes an intention back that came to nothing, so that the same news may be intended when it comes
// true again. Only while the letter stands as it was seen: whoever moves it waits for this, or this
// for him, and his intention finds no old one in its place.
inline constexpr db::Statement kTakeBackNotification = {"fulfillment.take_back_notification", R"sql(
WITH letter AS MATERIALIZED (
  SELECT payment_id FROM fulfillment.letters
  WHERE payment_id = CAST(:payment_id AS uuid) AND version = CAST(:version AS bigint)
    AND order_version = CAST(:order_version AS bigint)
  FOR SHARE
)
DELETE FROM fulfillment.notifications n USING letter
WHERE n.payment_id = letter.payment_id AND n.kind = CAST(:kind AS text) AND n.claim = CAST(:claim AS bigint)
  AND n.state = 'pending'
RETURNING n.kind)sql"};

// For a suite that has no mail server: nothing piles up, and nothing is sent late when it gets one.
inline constexpr db::Statement kSkipNotifications = {"fulfillment.skip_notifications", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id, kind FROM fulfillment.notifications
  WHERE state = 'pending' AND next_at <= now()
  ORDER BY next_at LIMIT CAST(:limit AS integer)
  FOR UPDATE SKIP LOCKED
)
UPDATE fulfillment.notifications n SET state = 'skipped', reason = 'no_server', claim = n.claim + 1
FROM due WHERE n.payment_id = due.payment_id AND n.kind = due.kind
RETURNING n.kind, set_config('synchronous_commit', 'off', true))sql",
                                                     db::Durability::kWithNext};

inline constexpr db::Statement kOldestNotification = {"fulfillment.oldest_notification", R"sql(
SELECT CAST(extract(epoch FROM now() - min(created_at)) AS bigint)
FROM fulfillment.notifications WHERE state = 'pending')sql"};

}  // namespace fsft::fulfillment::sql
