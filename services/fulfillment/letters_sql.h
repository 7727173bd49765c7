#pragma once

#include "shared/db/statement.h"

// The statements of fulfillment, apart from the code that runs them so that each can be read as
// SQL. Every change of state writes, in the same statement, the next version, a row of the audit
// trail and the news for payment.
namespace fsft::fulfillment::sql {

// Answers the state of each letter afterwards, "deleted" for one that is no more; NULL for one that
// a concurrent call has just inserted and this snapshot does not show: run again. Rows are locked
// in the order of their ids, so that two overlapping batches cannot deadlock.
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
// What an operator has cancelled stays so: payment's word is written down beside it and moves
// nothing.
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
              CAST(:amounts AS bigint[]), CAST(:currencies AS text[]), CAST(:refunded AS bigint[]),
              CAST(:modes AS text[]))
    AS o (payment_id, version, want, intake_id, draft_id, content_sha256, appeal_type, paid_at, amount_cents, currency,
          refunded_cents, mode)
  ORDER BY payment_id, version DESC
), inserted AS (
  INSERT INTO fulfillment.letters (payment_id, order_version, want, intake_id, draft_id, content_sha256, appeal_type,
                                   paid_at, amount_cents, currency, refunded_cents, livemode, state)
  SELECT payment_id, version, want, intake_id, draft_id, content_sha256, appeal_type,
         CAST(nullif(paid_at, '') AS timestamptz), amount_cents, currency, refunded_cents, nullif(mode, '') = 'live',
         CASE want WHEN 'cancel' THEN 'cancelled' ELSE 'queued' END
  FROM orders o
  WHERE NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.payment_id = o.payment_id)
    AND NOT EXISTS (SELECT FROM fulfillment.deleted_letters d WHERE d.payment_id = o.payment_id)
  ORDER BY payment_id
  ON CONFLICT (payment_id) DO NOTHING
  RETURNING payment_id, CAST(NULL AS text) AS from_state, state AS to_state, version
), before AS MATERIALIZED (
  SELECT l.payment_id, l.state AS from_state,
         CASE WHEN l.stopped_by IS NOT NULL THEN l.state
              WHEN o.want = 'cancel' AND l.state IN ('queued', 'dead_letter', 'failed_at_printer') THEN 'cancelled'
              WHEN o.want = 'cancel' AND l.want <> 'cancel' AND l.state IN ('sending', 'outcome_unknown', 'mailed')
                THEN 'cancelling'
              WHEN o.want <> 'cancel' AND l.state = 'cancelled'
                THEN CASE WHEN l.lob_letter_id IS NULL THEN 'queued' ELSE 'failed_at_printer' END
              WHEN o.want <> 'cancel' AND l.state = 'cancelling' AND l.lob_letter_id IS NULL THEN 'sending'
              ELSE l.state END AS to_state,
         l.version, l.reason, l.failures, l.attempt, l.unsure_since, l.last_post_at, l.misses, l.missed_at,
         l.pdf_sha256, l.lob_letter_id, l.mailed_at, l.stopped_by, l.stopped_at
  FROM fulfillment.letters l JOIN orders o USING (payment_id)
  WHERE l.order_version < o.version
  ORDER BY l.payment_id FOR UPDATE OF l
), updated AS (
  UPDATE fulfillment.letters l
  SET want = CASE WHEN b.stopped_by IS NULL THEN o.want ELSE 'cancel' END,
      payment_want = CASE WHEN b.stopped_by IS NOT NULL THEN o.want END,
      stopped_by = b.stopped_by, stopped_at = b.stopped_at,
      order_version = o.version, paid_at = coalesce(CAST(nullif(o.paid_at, '') AS timestamptz), l.paid_at),
      amount_cents = CASE o.currency WHEN '' THEN l.amount_cents ELSE o.amount_cents END,
      currency = CASE o.currency WHEN '' THEN l.currency ELSE o.currency END,
      refunded_cents = CASE o.currency WHEN '' THEN l.refunded_cents ELSE o.refunded_cents END,
      livemode = coalesce(l.livemode, nullif(o.mode, '') = 'live'),
      state = b.to_state, updated_at = now(),
      version = CASE WHEN b.to_state = b.from_state THEN b.version ELSE b.version + 1 END,
      reason = CASE WHEN b.to_state = b.from_state THEN b.reason
                    WHEN b.to_state = 'failed_at_printer' THEN 'cancelled_but_wanted' ELSE '' END,
      failures = CASE WHEN b.to_state = b.from_state THEN b.failures ELSE 0 END,
      misses = CASE WHEN b.to_state = b.from_state THEN b.misses ELSE 0 END,
      missed_at = CASE WHEN b.to_state = b.from_state THEN b.missed_at END,
      attempt = b.attempt, unsure_since = b.unsure_since, last_post_at = b.last_post_at, pdf_sha256 = b.pdf_sha256,
      lob_letter_id = b.lob_letter_id,
      mailed_at = CASE b.to_state WHEN 'failed_at_printer' THEN coalesce(b.mailed_at, now()) ELSE b.mailed_at END,
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

// An operator's word, which outlives every later one of payment. What the printer has or may have
// is "cancelling", as when payment cancels: see kPutOrders, also for where what the constraints tie
// together is taken from. A letter that is mailed although it is to be cancelled is one that the
// printer would not give back: there is nothing left to try.
//
// Answers the state before and the one after, which is NULL where it is too late; no row: no such
// letter.
inline constexpr db::Statement kCancel = {"fulfillment.cancel", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, state AS from_state,
         CASE WHEN state IN ('queued', 'dead_letter', 'failed_at_printer', 'cancelled') THEN 'cancelled'
              WHEN state IN ('sending', 'outcome_unknown', 'cancelling') THEN 'cancelling'
              WHEN state = 'mailed' AND want <> 'cancel' THEN 'cancelling' END AS to_state,
         version, reason, failures, misses, missed_at, stopped_by, coalesce(stopped_at, now()) AS stopped_at,
         coalesce(payment_want, want) AS payment_want
  FROM fulfillment.letters WHERE payment_id = CAST(:payment_id AS uuid) FOR UPDATE
), stopped AS (
  UPDATE fulfillment.letters l
  SET want = 'cancel', payment_want = b.payment_want, stopped_by = coalesce(b.stopped_by, CAST(:actor AS text)),
      stopped_at = b.stopped_at, state = b.to_state, version = b.version + 1, updated_at = now(),
      reason = CASE WHEN b.to_state = b.from_state THEN b.reason ELSE '' END,
      failures = CASE WHEN b.to_state = b.from_state THEN b.failures ELSE 0 END,
      misses = CASE WHEN b.to_state = b.from_state THEN b.misses ELSE 0 END,
      missed_at = CASE WHEN b.to_state = b.from_state THEN b.missed_at END,
      next_at = CASE WHEN b.from_state IN ('mailed', 'outcome_unknown') THEN now() ELSE l.next_at END
  FROM before b
  WHERE l.payment_id = b.payment_id AND b.to_state IS NOT NULL
    AND (b.stopped_by IS NULL OR b.to_state <> b.from_state)
  RETURNING l.payment_id, b.from_state, l.state AS to_state, l.version
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, CAST(:actor AS text), 'cancel', from_state, to_state, version FROM stopped
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM stopped
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT from_state, to_state FROM before)sql"};

// Puts a dead letter back into the queue. With undo_cancel it also takes back what an operator has
// cancelled, unless payment does not want it either; the letter then stands as if payment had
// cancelled it and wanted it again (kPutOrders), but one that the printer has cancelled needs a new
// generation: its key would bring the cancelled letter back.
//
// Answers the state before, the one after, and whether an operator's cancellation stands; no row:
// no such letter.
inline constexpr db::Statement kRetry = {"fulfillment.retry", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, state AS from_state,
         CASE WHEN state = 'dead_letter' AND stopped_by IS NULL THEN 'queued'
              WHEN CAST(:undo_cancel AS boolean) AND payment_want <> 'cancel' AND state IN ('cancelled', 'cancelling')
                THEN CASE WHEN state = 'cancelled' AND lob_letter_id IS NULL THEN 'queued'
                          WHEN state = 'cancelled' THEN 'failed_at_printer'
                          WHEN lob_letter_id IS NULL THEN 'sending'
                          ELSE state END
         END AS to_state,
         version, stopped_by, coalesce(payment_want, want) AS want, attempt, unsure_since, last_post_at, pdf_sha256,
         lob_letter_id, mailed_at
  FROM fulfillment.letters WHERE payment_id = CAST(:payment_id AS uuid) FOR UPDATE
), retried AS (
  UPDATE fulfillment.letters l
  SET state = b.to_state, want = b.want, payment_want = NULL, stopped_by = NULL, stopped_at = NULL, failures = 0,
      reason = CASE b.to_state WHEN 'failed_at_printer' THEN 'cancelled_but_wanted' ELSE '' END,
      misses = 0, missed_at = NULL,
      attempt = b.attempt, unsure_since = b.unsure_since, last_post_at = b.last_post_at, pdf_sha256 = b.pdf_sha256,
      lob_letter_id = b.lob_letter_id,
      mailed_at = CASE b.to_state WHEN 'failed_at_printer' THEN coalesce(b.mailed_at, now()) ELSE b.mailed_at END,
      next_at = CASE b.to_state WHEN 'queued' THEN now() ELSE l.next_at END, version = b.version + 1, updated_at = now()
  FROM before b WHERE l.payment_id = b.payment_id AND b.to_state IS NOT NULL
  RETURNING l.payment_id, b.from_state, l.state AS to_state, l.version, l.reason
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, CAST(:actor AS text), CASE from_state WHEN 'dead_letter' THEN 'retry' ELSE 'undo_cancel' END,
         from_state, to_state, version, reason
  FROM retried
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM retried
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT from_state, coalesce(to_state, from_state), stopped_by IS NOT NULL AND to_state IS NULL FROM before)sql"};

// The old key would bring the old letter back; a new generation is a new letter. It takes an
// operator's cancellation back: whoever may send anew has said so. Answers the state before,
// whether it was proven that the printer does not have the letter, and whether payment wants one;
// no row: no such letter.
inline constexpr db::Statement kNewGeneration = {"fulfillment.new_generation", R"sql(
WITH before AS MATERIALIZED (
  SELECT payment_id, state, state = 'failed_at_printer' OR misses >= CAST(:proof AS integer) AS proven,
         coalesce(payment_want, want) AS want
  FROM fulfillment.letters WHERE payment_id = CAST(:payment_id AS uuid) FOR UPDATE
), renewed AS (
  UPDATE fulfillment.letters l
  SET state = 'queued', generation = l.generation + 1, attempt = 0, failures = 0, reason = '', unsure_since = NULL,
      misses = 0, missed_at = NULL, lob_letter_id = NULL, tracking_number = NULL, expected_delivery = NULL,
      mailed_at = NULL, moved_at = NULL, next_at = now(), version = l.version + 1, updated_at = now(),
      want = before.want, payment_want = NULL, stopped_by = NULL, stopped_at = NULL
  FROM before
  WHERE l.payment_id = before.payment_id AND before.state IN ('outcome_unknown', 'failed_at_printer')
    AND before.want <> 'cancel' AND (before.proven OR CAST(:force AS boolean))
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
SELECT state, proven, want <> 'cancel' FROM before)sql"};

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
