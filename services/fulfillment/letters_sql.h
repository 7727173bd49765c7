#pragma once

#include "shared/db/statement.h"

// The statements of fulfillment, apart from the code that runs them so that each can be read as
// SQL. Every change of state writes, in the same statement, the next version, a row of the audit
// trail and the news for payment.
namespace fsft::fulfillment::sql {

// Answers the state of each letter afterwards; NULL for one that a concurrent call has just
// inserted and this snapshot does not show: run again. Rows are locked in the order of their ids,
// so that two overlapping batches cannot deadlock.
//
// A letter that was cancelled before the printer had it comes back when payment's newer word is to
// mail it: the newest word decides, in whatever order the words arrive.
//
// Not flushed at once: where this commit is lost in a crash, so is payment's later one that would
// have deleted the order from its outbox; and the next step of the order, kBeginPost, flushes.
inline constexpr db::Statement kPutOrders = {"fulfillment.put_orders", R"sql(
WITH orders AS (
  SELECT DISTINCT ON (payment_id) *
  FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[]), CAST(:wants AS text[]), CAST(:intakes AS uuid[]),
              CAST(:drafts AS uuid[]), CAST(:sha256s AS bytea[]), CAST(:types AS text[]), CAST(:paid AS text[]))
    AS o (payment_id, version, want, intake_id, draft_id, content_sha256, appeal_type, paid_at)
  ORDER BY payment_id, version DESC
), inserted AS (
  INSERT INTO fulfillment.letters (payment_id, order_version, want, intake_id, draft_id, content_sha256, appeal_type,
                                   paid_at, state)
  SELECT payment_id, version, want, intake_id, draft_id, content_sha256, appeal_type,
         CAST(nullif(paid_at, '') AS timestamptz), CASE want WHEN 'cancel' THEN 'cancelled' ELSE 'queued' END
  FROM orders o
  WHERE NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.payment_id = o.payment_id)
  ORDER BY payment_id
  ON CONFLICT (payment_id) DO NOTHING
  RETURNING payment_id, CAST(NULL AS text) AS from_state, state AS to_state, version
), before AS MATERIALIZED (
  SELECT l.payment_id, l.state AS from_state,
         CASE WHEN o.want = 'cancel' AND l.state IN ('queued', 'dead_letter') THEN 'cancelled'
              WHEN o.want <> 'cancel' AND l.state = 'cancelled' AND l.lob_letter_id IS NULL THEN 'queued'
              ELSE l.state END AS to_state
  FROM fulfillment.letters l JOIN orders o USING (payment_id)
  WHERE l.order_version < o.version
  ORDER BY l.payment_id FOR UPDATE OF l
), updated AS (
  UPDATE fulfillment.letters l
  SET want = o.want, order_version = o.version, paid_at = coalesce(CAST(nullif(o.paid_at, '') AS timestamptz), l.paid_at),
      state = b.to_state, updated_at = now(),
      version = CASE WHEN b.to_state = b.from_state THEN l.version ELSE l.version + 1 END,
      reason = CASE WHEN b.to_state = b.from_state THEN l.reason ELSE '' END,
      failures = CASE WHEN b.to_state = b.from_state THEN l.failures ELSE 0 END,
      next_at = CASE WHEN b.to_state = 'queued' AND l.want <> 'mail' THEN now() ELSE l.next_at END
  FROM before b JOIN orders o USING (payment_id)
  WHERE l.payment_id = b.payment_id AND l.order_version < o.version
  RETURNING l.payment_id, b.from_state, b.to_state, l.version
), moved AS (
  SELECT * FROM inserted UNION ALL SELECT * FROM updated WHERE from_state <> to_state
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'payment', 'put', from_state, to_state, version FROM moved
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM moved
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT o.payment_id, coalesce(inserted.to_state, updated.to_state, l.state), set_config('synchronous_commit', 'off', true)
FROM orders o LEFT JOIN inserted USING (payment_id) LEFT JOIN updated USING (payment_id)
     LEFT JOIN fulfillment.letters l USING (payment_id))sql",
                                             db::Durability::kWithNext};

// The claim may be lost in a crash of the database: kBeginPost, which flushes, is guarded by claim
// and attempt. The CTE is materialized: joined, PostgreSQL might run it once per row and claim more
// than one.
inline constexpr db::Statement kClaim = {"fulfillment.claim", R"sql(
WITH due AS MATERIALIZED (
  SELECT payment_id FROM fulfillment.letters
  WHERE state IN ('queued', 'sending') AND want = 'mail' AND next_at <= now()
  ORDER BY next_at LIMIT 1
  FOR UPDATE SKIP LOCKED
)
UPDATE fulfillment.letters l
SET claim = l.claim + 1, next_at = now() + make_interval(secs => CAST(:lease AS double precision))
FROM due WHERE l.payment_id = due.payment_id
RETURNING l.payment_id, l.claim, l.state, l.draft_id, l.content_sha256, l.appeal_type, l.generation, l.attempt, l.failures,
          l.unsure_since IS NOT NULL,
          coalesce(l.unsure_since < now() - make_interval(secs => CAST(:unsure AS double precision)), false),
          l.pdf_sealed, l.pdf_sha256, l.data_key, l.data_key_id, set_config('synchronous_commit', 'off', true))sql",
                                         db::Durability::kWithNext};

// Zero rows: the lease is lost, or payment has changed its mind. From here on the printer may have
// the letter. The lease starts anew, so that it outlives the whole POST; whoever claims the letter
// after a crash comes no sooner than a repeat may.
inline constexpr db::Statement kBeginPost = {"fulfillment.begin_post", R"sql(
WITH begun AS (
  UPDATE fulfillment.letters
  SET state = 'sending', attempt = attempt + 1, unsure_since = coalesce(unsure_since, now()), last_post_at = now(),
      next_at = now() + make_interval(secs => CAST(:lease AS double precision)),
      pdf_sealed = coalesce(pdf_sealed, CAST(:pdf AS bytea)), pdf_sha256 = coalesce(pdf_sha256, CAST(:sha256 AS bytea)),
      data_key = coalesce(data_key, CAST(:data_key AS bytea)),
      data_key_id = coalesce(data_key_id, CAST(:data_key_id AS text)), version = version + 1, updated_at = now()
  WHERE payment_id = CAST(:payment_id AS uuid) AND claim = CAST(:claim AS bigint) AND attempt = CAST(:attempt AS integer)
    AND state = CAST(:from_state AS text) AND want = 'mail' AND next_at > now()
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

// Ends an attempt with another state. Zero rows: the lease is lost, and somebody else knows more.
inline constexpr db::Statement kMove = {"fulfillment.move", R"sql(
WITH moved AS (
  UPDATE fulfillment.letters
  SET state = CAST(:to_state AS text), reason = CAST(:reason AS text), failures = CAST(:failures AS integer),
      unsure_since = CASE WHEN CAST(:unsure AS boolean) THEN unsure_since END,
      next_at = now() + make_interval(secs => CAST(:pause AS double precision)),
      lob_letter_id = CAST(:letter_id AS text), tracking_number = CAST(:tracking_number AS text),
      expected_delivery = CAST(:expected_delivery AS date),
      mailed_at = CASE WHEN CAST(:to_state AS text) = 'mailed' THEN now() END, version = version + 1, updated_at = now()
  WHERE payment_id = CAST(:payment_id AS uuid) AND claim = CAST(:claim AS bigint) AND attempt = CAST(:attempt AS integer)
    AND state = CAST(:from_state AS text)
  RETURNING payment_id, version
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'mailing', 'settle', CAST(:from_state AS text), CAST(:to_state AS text), version,
         CAST(:reason AS text)
  FROM moved
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM moved
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT version FROM moved)sql"};

// Ends an attempt, or a claim that came to no attempt, in the state that it had. When it is lost in
// a crash the lease decides when the letter is looked at again, and the lease is long enough.
inline constexpr db::Statement kPutOff = {"fulfillment.put_off", R"sql(
UPDATE fulfillment.letters
SET reason = CAST(:reason AS text), failures = CAST(:failures AS integer),
    next_at = now() + make_interval(secs => CAST(:pause AS double precision)), updated_at = now()
WHERE payment_id = CAST(:payment_id AS uuid) AND claim = CAST(:claim AS bigint) AND attempt = CAST(:attempt AS integer)
  AND state = CAST(:from_state AS text)
RETURNING set_config('synchronous_commit', 'off', true))sql",
                                          db::Durability::kWithNext};

// Answers the state before; no row: no such letter.
inline constexpr db::Statement kRetry = {"fulfillment.retry", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, state FROM fulfillment.letters WHERE payment_id = CAST(:payment_id AS uuid) FOR UPDATE
), retried AS (
  UPDATE fulfillment.letters l
  SET state = 'queued', reason = '', failures = 0, next_at = now(), version = l.version + 1, updated_at = now()
  FROM before WHERE l.payment_id = before.payment_id AND before.state = 'dead_letter'
  RETURNING l.payment_id, l.version
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, CAST(:actor AS text), 'retry', 'dead_letter', 'queued', version FROM retried
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM retried
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT state FROM before)sql"};

inline constexpr db::Statement kDeliveries = {"fulfillment.deliveries", R"sql(
SELECT payment_id, version, state, lob_letter_id, tracking_number, expected_delivery, mailed_at
FROM fulfillment.letters WHERE payment_id = ANY (CAST(:ids AS uuid[])))sql"};

inline constexpr db::Statement kPdf = {"fulfillment.pdf", R"sql(
SELECT pdf_sealed, pdf_sha256, data_key, data_key_id
FROM fulfillment.letters WHERE payment_id = CAST(:payment_id AS uuid) AND pdf_sealed IS NOT NULL)sql"};

inline constexpr db::Statement kBacklog = {"fulfillment.backlog", R"sql(
SELECT count(*), CAST(extract(epoch FROM now() - min(coalesce(paid_at, created_at))) AS bigint)
FROM fulfillment.letters
WHERE state IN ('queued', 'sending', 'outcome_unknown', 'dead_letter') AND want = 'mail')sql"};

}  // namespace fsft::fulfillment::sql
