#pragma once

#include "shared/db/statement.h"

// The statements of mailing: from the claim of a letter to what came of it. Every change of state
// writes, in the same statement, the next version, a row of the audit trail and the news for
// payment.
namespace fsft::fulfillment::sql {

// Always one row: whether mailing is paused, and with it the letter, if there is one. How far back
// it looks: see work::ClaimWindow. A letter of the other mode, live or test, is not ours to touch:
// a search under our key would never find it, and a POST would print what nobody has paid for.
//
// The claim may be lost in a crash of the database: kBeginPost, which flushes, is guarded by claim
// and attempt. The CTE is materialized: joined, PostgreSQL might run it once per row and claim more
// than one.
inline constexpr db::Statement kClaim = {"fulfillment.claim", R"sql(
WITH pause AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM fulfillment.mailing_pauses
                 WHERE resumed_at IS NULL AND key_fingerprint IN ('', CAST(:key AS text))) AS in_force
), due AS MATERIALIZED (
  SELECT payment_id, next_at FROM fulfillment.letters
  WHERE state IN ('queued', 'sending') AND want = 'mail' AND next_at <= now()
    AND coalesce(livemode, CAST(:livemode AS boolean)) = CAST(:livemode AS boolean)
    AND next_at >= now() - make_interval(secs => CAST(:back AS double precision))
    AND NOT (SELECT in_force FROM pause)
  ORDER BY next_at LIMIT 1
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE fulfillment.letters l
  SET claim = l.claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
  FROM due WHERE l.payment_id = due.payment_id
  RETURNING CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint) AS late_ms,
            l.payment_id, l.claim, l.state, l.generation, l.attempt, l.failures, l.unsure_since IS NOT NULL,
            coalesce(l.unsure_since < now() - make_interval(secs => CAST(:unsure AS double precision)), false),
            l.draft_id, l.content_sha256, l.appeal_type, l.pdf_sealed, l.pdf_sha256, l.data_key, l.data_key_id,
            l.attempt > 0 OR l.generation > 1 OR coalesce(l.paid_at, l.created_at) < now() - make_interval(secs => CAST(:fresh AS double precision))
)
SELECT pause.in_force, claimed.*, set_config('synchronous_commit', 'off', true) FROM pause LEFT JOIN claimed ON true)sql",
                                         db::Durability::kWithNext};

// The same for letters of which the printer is to be asked. An operator's pause does not stop the
// asking, a refused key does.
inline constexpr db::Statement kClaimFollowed = {"fulfillment.claim_followed", R"sql(
WITH pause AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM fulfillment.mailing_pauses
                 WHERE resumed_at IS NULL AND key_fingerprint = CAST(:key AS text)) AS in_force
), due AS MATERIALIZED (
  SELECT payment_id, next_at FROM fulfillment.letters
  WHERE (state IN ('mailed', 'in_transit', 'outcome_unknown', 'cancelling') OR (state = 'sending' AND want <> 'mail'))
    AND coalesce(livemode, CAST(:livemode AS boolean)) = CAST(:livemode AS boolean)
    AND next_at <= now() AND next_at >= now() - make_interval(secs => CAST(:back AS double precision))
    AND NOT (SELECT in_force FROM pause)
  ORDER BY next_at LIMIT 1
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE fulfillment.letters l
  SET claim = l.claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
  FROM due WHERE l.payment_id = due.payment_id
  RETURNING CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint) AS late_ms,
            l.payment_id, l.claim, l.state, l.generation, l.attempt, l.failures, l.unsure_since IS NOT NULL,
            coalesce(l.unsure_since < now() - make_interval(secs => CAST(:unsure AS double precision)), false),
            l.lob_letter_id, l.misses, coalesce(l.mailed_at, l.last_post_at, l.created_at),
            CAST(extract(epoch FROM now() - coalesce(l.mailed_at, l.last_post_at, l.created_at)) AS bigint),
            coalesce(l.last_post_at < now() - make_interval(secs => CAST(:miss_after AS double precision))
                     AND (l.missed_at IS NULL
                          OR l.missed_at <= now() - make_interval(secs => CAST(:miss_apart AS double precision))), false)
)
SELECT pause.in_force, claimed.*, set_config('synchronous_commit', 'off', true) FROM pause LEFT JOIN claimed ON true)sql",
                                                 db::Durability::kWithNext};

// Zero rows: the lease is lost, or payment or an operator does not want it any more. From here on
// the printer may have the letter. The lease starts anew, so that it outlives the whole POST;
// whoever claims the letter after a crash comes no sooner than a repeat may.
inline constexpr db::Statement kBeginPost = {"fulfillment.begin_post", R"sql(
WITH begun AS (
  UPDATE fulfillment.letters
  SET state = 'sending', attempt = attempt + 1, unsure_since = coalesce(unsure_since, now()), last_post_at = now(),
      livemode = CAST(:livemode AS boolean),
      next_at = now() + make_interval(secs => CAST(:lease AS double precision)),
      pdf_sealed = coalesce(pdf_sealed, CAST(:pdf AS bytea)), pdf_sha256 = coalesce(pdf_sha256, CAST(:sha256 AS bytea)),
      data_key = coalesce(data_key, CAST(:data_key AS bytea)),
      data_key_id = coalesce(data_key_id, CAST(:data_key_id AS text)), version = version + 1, updated_at = now()
  WHERE payment_id = CAST(:payment_id AS uuid) AND claim = CAST(:claim AS bigint) AND attempt = CAST(:attempt AS integer)
    AND state = CAST(:from_state AS text) AND want = 'mail' AND next_at > now()
    AND coalesce(livemode, CAST(:livemode AS boolean)) = CAST(:livemode AS boolean)
  RETURNING payment_id, version
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'mailing', 'post', CAST(:from_state AS text), 'sending', version FROM begun
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM begun
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT version FROM begun)sql"};

// Ends an attempt or a search with another state, or with another letter at the printer. Zero rows:
// the lease is lost, and somebody else knows more.
//
// Payment may have changed its mind meanwhile. A letter that it cancelled during an attempt is
// "cancelling": what the attempt has shown is written down all the same, for the letter must be
// found to be cancelled. And a letter that was cancelled at the printer, but is wanted again, needs
// a new generation, which is an operator's decision.
inline constexpr db::Statement kMove = {"fulfillment.move", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, state,
         CASE WHEN state = CAST(:from_state AS text) THEN
                CASE WHEN CAST(:to_state AS text) = 'cancelled' AND want <> 'cancel' THEN 'failed_at_printer'
                     ELSE CAST(:to_state AS text) END
              WHEN CAST(:to_state AS text) IN ('queued', 'dead_letter', 'failed_at_printer') THEN 'cancelled'
              ELSE 'cancelling' END AS to_state
  FROM fulfillment.letters
  WHERE payment_id = CAST(:payment_id AS uuid) AND claim = CAST(:claim AS bigint) AND attempt = CAST(:attempt AS integer)
    AND state IN (CAST(:from_state AS text), 'cancelling')
  FOR UPDATE
), moved AS (
  UPDATE fulfillment.letters l
  SET state = b.to_state, failures = CAST(:failures AS integer), misses = 0, missed_at = NULL,
      reason = CASE WHEN b.to_state = 'failed_at_printer' AND CAST(:to_state AS text) = 'cancelled'
                    THEN 'cancelled_but_wanted' ELSE CAST(:reason AS text) END,
      unsure_since = CASE WHEN CAST(:unsure AS boolean) THEN l.unsure_since END,
      next_at = CASE WHEN b.to_state = CAST(:to_state AS text)
                     THEN now() + make_interval(secs => CAST(:pause AS double precision)) ELSE now() END,
      lob_letter_id = coalesce(CAST(:letter_id AS text), l.lob_letter_id),
      tracking_number = coalesce(CAST(:tracking_number AS text), l.tracking_number),
      expected_delivery = coalesce(CAST(:expected_delivery AS date), l.expected_delivery),
      mailed_at = CASE WHEN b.to_state IN ('mailed', 'failed_at_printer') THEN coalesce(l.mailed_at, now())
                       ELSE l.mailed_at END,
      version = l.version + 1, updated_at = now()
  FROM before b WHERE l.payment_id = b.payment_id
  RETURNING l.payment_id, b.state AS from_state, l.state AS to_state, l.version, l.reason
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'mailing', 'settle', from_state, to_state, version, reason FROM moved
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM moved
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT to_state FROM moved)sql"};

// Ends an attempt, a search, or a claim that came to neither, in the state that it had. A letter
// that payment has cancelled meanwhile does not wait. That one was mailed in spite of being cancelled
// is told for as long as nothing else is. When it is lost in a crash the lease decides when the letter
// is looked at again, and the lease is long enough.
inline constexpr db::Statement kPutOff = {"fulfillment.put_off", R"sql(
UPDATE fulfillment.letters
SET reason = CASE WHEN reason = 'too_late_to_cancel' AND CAST(:reason AS text) = '' THEN reason ELSE CAST(:reason AS text) END,
    failures = CAST(:failures AS integer),
    misses = misses + CAST(:misses AS integer), missed_at = CASE WHEN CAST(:misses AS integer) > 0 THEN now() ELSE missed_at END,
    next_at = CASE WHEN state = CAST(:from_state AS text) THEN now() + make_interval(secs => CAST(:pause AS double precision))
                   ELSE now() END,
    updated_at = now()
WHERE payment_id = CAST(:payment_id AS uuid) AND claim = CAST(:claim AS bigint) AND attempt = CAST(:attempt AS integer)
  AND state IN (CAST(:from_state AS text), 'cancelling')
RETURNING state, set_config('synchronous_commit', 'off', true))sql",
                                          db::Durability::kWithNext};

// The first letter that the printer accepted after that time, whosever it is. A list shows letters of
// one mode only.
inline constexpr db::Statement kAcceptedAfter = {"fulfillment.accepted_after", R"sql(
SELECT lob_letter_id FROM fulfillment.letters
WHERE lob_letter_id IS NOT NULL AND mailed_at > CAST(:after AS timestamptz)
  AND coalesce(livemode, CAST(:livemode AS boolean)) = CAST(:livemode AS boolean)
ORDER BY mailed_at LIMIT 1)sql"};

// A second pause for the same cause is the first one.
inline constexpr db::Statement kPause = {"fulfillment.pause", R"sql(
INSERT INTO fulfillment.mailing_pauses (cause, key_fingerprint, paused_by)
VALUES (CAST(:cause AS text), CAST(:key AS text), CAST(:actor AS text))
ON CONFLICT (cause, key_fingerprint) WHERE resumed_at IS NULL DO NOTHING
RETURNING pause_id)sql"};

// What waited because of a refused key is due at once: the operator has seen to the key.
inline constexpr db::Statement kResume = {"fulfillment.resume", R"sql(
WITH resumed AS (
  UPDATE fulfillment.mailing_pauses SET resumed_at = now(), resumed_by = CAST(:actor AS text) WHERE resumed_at IS NULL
  RETURNING cause
), due AS (
  UPDATE fulfillment.letters SET next_at = now()
  WHERE state = 'queued' AND want = 'mail' AND reason = 'printer_credentials' AND next_at > now()
    AND EXISTS (SELECT FROM resumed)
)
SELECT cause FROM resumed)sql"};

inline constexpr db::Statement kPauses = {"fulfillment.pauses", R"sql(
SELECT cause FROM fulfillment.mailing_pauses
WHERE resumed_at IS NULL AND key_fingerprint IN ('', CAST(:key AS text)) ORDER BY cause)sql"};

}  // namespace fsft::fulfillment::sql
