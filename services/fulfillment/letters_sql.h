#pragma once

#include "shared/db/statement.h"

// The statements of fulfillment, apart from the code that runs them so that each can be read as
// SQL. Every change of state writes, in the same statement, the next version, a row of the audit
// trail and the news for payment.
namespace fsft::fulfillment::sql {

// Answers the state of each letter afterwards, "deleted" for one that is no more; NULL for one that a concurrent call has just
// inserted and this snapshot does not show: run again. Rows are locked in the order of their ids,
// so that two overlapping batches cannot deadlock.
//
// A letter that was cancelled before the printer had it comes back when payment's newer word is to
// mail it: the newest word decides, in whatever order the words arrive. One that the printer has or
// may have is not cancelled by a word alone: it is "cancelling" until the printer says what became
// of it. Where an attempt is under way its lease is left as it is, so that nobody asks the printer
// before the attempt has ended.
//
// A payment of an older release says nothing of money, not even a currency: what a newer one has
// said of it stays.
//
// What the constraints tie to the state is written anew as it was locked: they are checked first on
// the row that the snapshot shows, and only then a newer one is found and the row made again.
//
// A letter whose row was deleted because its time is over never comes back, whatever is said of it:
// it was mailed, or it never will be.
//
// Not flushed at once: where this commit is lost in a crash, so is payment's later one that would
// have deleted the order from its outbox; and the next step of the order, kBeginPost, flushes.
inline constexpr db::Statement kPutOrders = {"fulfillment.put_orders", R"sql(
WITH orders AS (
  SELECT DISTINCT ON (payment_id) *
  FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[]), CAST(:wants AS text[]), CAST(:intakes AS uuid[]),
              CAST(:drafts AS uuid[]), CAST(:sha256s AS bytea[]), CAST(:types AS text[]), CAST(:paid AS text[]),
              CAST(:amounts AS bigint[]), CAST(:currencies AS text[]), CAST(:refunded AS bigint[]))
    AS o (payment_id, version, want, intake_id, draft_id, content_sha256, appeal_type, paid_at, amount_cents, currency,
          refunded_cents)
  ORDER BY payment_id, version DESC
), inserted AS (
  INSERT INTO fulfillment.letters (payment_id, order_version, want, intake_id, draft_id, content_sha256, appeal_type,
                                   paid_at, amount_cents, currency, refunded_cents, state)
  SELECT payment_id, version, want, intake_id, draft_id, content_sha256, appeal_type,
         CAST(nullif(paid_at, '') AS timestamptz), amount_cents, currency, refunded_cents, CASE want WHEN 'cancel' THEN 'cancelled' ELSE 'queued' END
  FROM orders o
  WHERE NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.payment_id = o.payment_id)
    AND NOT EXISTS (SELECT FROM fulfillment.deleted_letters d WHERE d.payment_id = o.payment_id)
  ORDER BY payment_id
  ON CONFLICT (payment_id) DO NOTHING
  RETURNING payment_id, CAST(NULL AS text) AS from_state, state AS to_state, version
), before AS MATERIALIZED (
  SELECT l.payment_id, l.state AS from_state,
         CASE WHEN o.want = 'cancel' AND l.state IN ('queued', 'dead_letter', 'failed_at_printer') THEN 'cancelled'
              WHEN o.want = 'cancel' AND l.want <> 'cancel' AND l.state IN ('sending', 'outcome_unknown', 'mailed')
                THEN 'cancelling'
              WHEN o.want <> 'cancel' AND l.state = 'cancelled' AND l.lob_letter_id IS NULL THEN 'queued'
              WHEN o.want <> 'cancel' AND l.state = 'cancelling' AND l.lob_letter_id IS NULL THEN 'sending'
              ELSE l.state END AS to_state,
         l.version, l.reason, l.failures, l.attempt, l.unsure_since, l.last_post_at, l.misses, l.missed_at,
         l.pdf_sha256, l.lob_letter_id, l.mailed_at
  FROM fulfillment.letters l JOIN orders o USING (payment_id)
  WHERE l.order_version < o.version
  ORDER BY l.payment_id FOR UPDATE OF l
), updated AS (
  UPDATE fulfillment.letters l
  SET want = o.want, order_version = o.version, paid_at = coalesce(CAST(nullif(o.paid_at, '') AS timestamptz), l.paid_at),
      amount_cents = CASE o.currency WHEN '' THEN l.amount_cents ELSE o.amount_cents END,
      currency = CASE o.currency WHEN '' THEN l.currency ELSE o.currency END,
      refunded_cents = CASE o.currency WHEN '' THEN l.refunded_cents ELSE o.refunded_cents END,
      state = b.to_state, updated_at = now(),
      version = CASE WHEN b.to_state = b.from_state THEN b.version ELSE b.version + 1 END,
      reason = CASE WHEN b.to_state = b.from_state THEN b.reason ELSE '' END,
      failures = CASE WHEN b.to_state = b.from_state THEN b.failures ELSE 0 END,
      misses = CASE WHEN b.to_state = b.from_state THEN b.misses ELSE 0 END,
      missed_at = CASE WHEN b.to_state = b.from_state THEN b.missed_at END,
      attempt = b.attempt, unsure_since = b.unsure_since, last_post_at = b.last_post_at, pdf_sha256 = b.pdf_sha256,
      lob_letter_id = b.lob_letter_id, mailed_at = b.mailed_at,
      next_at = CASE WHEN b.to_state = 'queued' AND l.want <> 'mail' THEN now()
                     WHEN b.to_state = 'cancelling' AND b.from_state IN ('mailed', 'outcome_unknown') THEN now()
                     ELSE l.next_at END
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
SELECT o.payment_id, coalesce(inserted.to_state, updated.to_state, l.state,
                              (SELECT 'deleted' FROM fulfillment.deleted_letters d WHERE d.payment_id = o.payment_id)),
       set_config('synchronous_commit', 'off', true)
FROM orders o LEFT JOIN inserted USING (payment_id) LEFT JOIN updated USING (payment_id)
     LEFT JOIN fulfillment.letters l USING (payment_id))sql",
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

// The old key would bring the old letter back; a new generation is a new letter. Answers the state
// before, and whether it was proven that the printer does not have the letter; no row: no such
// letter.
inline constexpr db::Statement kNewGeneration = {"fulfillment.new_generation", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, state, state = 'failed_at_printer' OR misses >= CAST(:proof AS integer) AS proven
  FROM fulfillment.letters WHERE payment_id = CAST(:payment_id AS uuid) FOR UPDATE
), renewed AS (
  UPDATE fulfillment.letters l
  SET state = 'queued', generation = l.generation + 1, attempt = 0, failures = 0, reason = '', unsure_since = NULL,
      misses = 0, missed_at = NULL, lob_letter_id = NULL, tracking_number = NULL, expected_delivery = NULL,
      mailed_at = NULL, moved_at = NULL, next_at = now(), version = l.version + 1, updated_at = now()
  FROM before
  WHERE l.payment_id = before.payment_id AND before.state IN ('outcome_unknown', 'failed_at_printer')
    AND (before.proven OR CAST(:force AS boolean))
  RETURNING l.payment_id, l.version, before.state AS from_state, before.proven
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, CAST(:actor AS text), 'new_generation', from_state, 'queued', version,
         CASE WHEN proven THEN '' ELSE 'forced' END
  FROM renewed
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM renewed
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT state, proven FROM before)sql"};

inline constexpr db::Statement kDeliveries = {"fulfillment.deliveries", R"sql(
SELECT payment_id, version, state, lob_letter_id, tracking_number, expected_delivery, mailed_at, delivered_at, returned_at
FROM fulfillment.letters WHERE payment_id = ANY (CAST(:ids AS uuid[])))sql"};

inline constexpr db::Statement kPdf = {"fulfillment.pdf", R"sql(
SELECT pdf_sealed, pdf_sha256, data_key, data_key_id
FROM fulfillment.letters WHERE payment_id = CAST(:payment_id AS uuid) AND pdf_sealed IS NOT NULL)sql"};

inline constexpr db::Statement kBacklog = {"fulfillment.backlog", R"sql(
SELECT count(*), CAST(extract(epoch FROM now() - min(coalesce(paid_at, created_at))) AS bigint)
FROM fulfillment.letters
WHERE state IN ('queued', 'sending', 'outcome_unknown', 'dead_letter') AND want = 'mail')sql"};

}  // namespace fsft::fulfillment::sql
