#pragma once

#include "shared/db/statement.h"

// The statements that take Stripe's events.
namespace fsft::payment::sql {

// What events of checkout sessions do to their payments, for one event or for many: no two of them
// may be of one payment. The effect is the state that an event asks for, "paid", "expired" or
// "failed".
//
// An event without a row was stored before. The row locks come first, so twins of an event and
// different events of one payment wait for each other here; the second one sees the first one's
// state. Payments are locked in the order of their ids and events stored in that of theirs, so that
// statements with several of them do not deadlock; and many do not wait for long for a payment that
// somebody else has locked, but are then tried one by one. What "moved" writes is guarded by those locks and
// by nothing that it could read: its snapshot is as old as the statement, so a state that has changed
// meanwhile would hide the row from it, and the event would count for nothing. An event that was
// stored as unmatched counts when it comes again and finds its payment. What waits is taken away
// whenever its payment is known, also when the event counted before: twins of which one was just
// leaving it there do not see each other's rows. A unique violation on the one paid payment of a
// draft means that another session of the draft was paid meanwhile: run again, each event alone, it
// then decides for review.
//
// A session that was paid and is over, whichever Stripe told first, is one that somebody must look
// at; and money that has gone back already needs no look.
//
// Neither neighbour is told of a payment before money has arrived: they have not heard of it.
inline constexpr db::Statement kApply = {"payment.apply_events", R"sql(
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST(:event_ids AS text[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), given AS MATERIALIZED (
  SELECT event_id, created_at, type, effect, source, livemode, CAST(nullif(payment, '') AS uuid) AS payment_id,
         nullif(session, '') AS session_id, nullif(intent, '') AS payment_intent, amount, nullif(money, '') AS currency,
         nullif(payer, '') AS customer, nullif(receipt, '') AS receipt_url
  FROM unnest(CAST(:event_ids AS text[]), CAST(:created AS timestamptz[]), CAST(:types AS text[]),
              CAST(:effects AS text[]), CAST(:sources AS text[]), CAST(:livemodes AS boolean[]),
              CAST(:payment_ids AS text[]), CAST(:session_ids AS text[]), CAST(:payment_intents AS text[]),
              CAST(:amounts AS bigint[]), CAST(:currencies AS text[]), CAST(:customers AS text[]),
              CAST(:receipt_urls AS text[]))
    AS g (event_id, created_at, type, effect, source, livemode, payment, session, intent, amount, money, payer, receipt)
), before AS MATERIALIZED (
  SELECT given.event_id, p.payment_id, p.draft_id, p.state, p.amount_cents, p.currency, p.refunded_cents
  FROM patience CROSS JOIN given JOIN payment.payments p
    ON p.payment_id = coalesce(given.payment_id, (SELECT found.payment_id FROM payment.payments found
                                                  WHERE found.stripe_session_id = given.session_id))
  WHERE given.livemode = CAST(:our_livemode AS boolean)
    AND coalesce(p.stripe_session_id = given.session_id, true)
    AND coalesce(p.stripe_payment_intent = given.payment_intent, true)
  ORDER BY p.payment_id FOR UPDATE OF p
), decision AS MATERIALIZED (
  SELECT event_id, before.payment_id, state, CASE effect
    WHEN 'paid' THEN CASE
      WHEN state NOT IN ('pending', 'expired', 'failed') THEN 'known'
      WHEN amount_cents <> amount THEN 'wrong_amount'
      WHEN before.currency <> CAST(given.currency AS char(3)) THEN 'wrong_currency'
      WHEN state <> 'pending' THEN 'paid_after_end'
      WHEN EXISTS (SELECT FROM payment.payments other
                   WHERE other.draft_id = before.draft_id AND other.state = 'paid') THEN 'second_session'
      ELSE 'fits' END
    ELSE CASE state WHEN 'pending' THEN 'fits' WHEN 'paid' THEN 'ended_after_paid' ELSE 'known' END
    END AS verdict
  FROM before JOIN given USING (event_id)
), event AS (
  INSERT INTO payment.stripe_events AS stored (event_id, created_at, type, outcome, payment_id, session_id,
                                               payment_intent, amount_cents, currency, livemode, source)
  SELECT event_id, created_at, type,
         CASE WHEN livemode <> CAST(:our_livemode AS boolean) THEN 'rejected'
              WHEN verdict IS NULL THEN 'unmatched'
              WHEN verdict = 'known' THEN 'duplicate'
              ELSE 'processed' END,
         coalesce(decision.payment_id, given.payment_id), session_id, payment_intent, amount, currency, livemode, source
  FROM given LEFT JOIN decision USING (event_id)
  ORDER BY event_id
  ON CONFLICT (event_id, created_at) DO UPDATE SET outcome = excluded.outcome, payment_id = excluded.payment_id
  WHERE stored.outcome = 'unmatched' AND excluded.outcome <> 'unmatched'
  RETURNING event_id, outcome
), left_waiting AS (
  INSERT INTO payment.unmatched_events (event_id, created_at, payment_id, session_id, payment_intent)
  SELECT event_id, created_at, payment_id, session_id, payment_intent
  FROM event JOIN given USING (event_id) WHERE outcome = 'unmatched' ORDER BY event_id
), taken_up AS (
  DELETE FROM payment.unmatched_events WHERE event_id IN (SELECT event_id FROM decision)
), moved AS (
  UPDATE payment.payments p
  SET state = CASE WHEN verdict = 'fits' THEN effect
                   WHEN p.refunded_cents >= p.amount_cents THEN 'refunded' ELSE 'review' END,
      version = p.version + 1,
      stripe_session_id = coalesce(p.stripe_session_id, given.session_id),
      stripe_payment_intent = coalesce(p.stripe_payment_intent, given.payment_intent),
      stripe_customer_id = coalesce(p.stripe_customer_id, given.customer),
      receipt_url = coalesce(p.receipt_url, given.receipt_url),
      paid_at = CASE effect WHEN 'paid' THEN now() ELSE p.paid_at END,
      ended_at = CASE WHEN verdict = 'fits' AND effect <> 'paid' THEN now() END,
      updated_at = now()
  FROM decision JOIN event USING (event_id) JOIN given USING (event_id)
  WHERE p.payment_id = decision.payment_id AND event.outcome = 'processed'
  RETURNING event_id, effect, p.payment_id, p.version, decision.state AS from_state, p.state AS to_state, verdict
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'stripe', CASE effect WHEN 'paid' THEN 'money_arrived' ELSE 'session_ended' END,
         from_state, to_state, version, CASE verdict WHEN 'fits' THEN '' ELSE verdict END
  FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version)
  SELECT payment_id, target, version FROM moved CROSS JOIN (VALUES ('fulfillment'), ('intake')) AS targets (target)
  WHERE to_state NOT IN ('pending', 'expired', 'failed')
  ORDER BY payment_id, target
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT event_id, event.outcome, moved.payment_id, moved.to_state,
       EXISTS (SELECT FROM payment.unmatched_events waiting
               WHERE event.outcome = 'processed' AND waiting.event_id <> given.event_id
                 AND (waiting.payment_id = moved.payment_id OR waiting.session_id = given.session_id
                      OR waiting.payment_intent = given.payment_intent))
FROM event JOIN given USING (event_id) LEFT JOIN moved USING (event_id))sql"};

// What is waiting for a payment, oldest first.
inline constexpr db::Statement kUnmatched = {"payment.unmatched_events", R"sql(
WITH payment AS (
  SELECT payment_id, stripe_session_id, stripe_payment_intent FROM payment.payments
  WHERE payment_id = CAST(:payment_id AS uuid)
)
SELECT event_id, created_at, e.type, e.payment_id, e.session_id, e.payment_intent, e.amount_cents, e.currency, e.livemode,
       e.object_id, e.object_status, e.source
FROM payment JOIN payment.unmatched_events waiting
     ON waiting.payment_id = payment.payment_id OR waiting.session_id = payment.stripe_session_id
        OR waiting.payment_intent = payment.stripe_payment_intent
     JOIN payment.stripe_events e USING (event_id, created_at)
ORDER BY created_at LIMIT 20)sql"};

// An event that moves nothing. A charge tells where its receipt is.
inline constexpr db::Statement kRecordEvent = {"payment.record_event", R"sql(
WITH receipt AS (
  UPDATE payment.payments SET receipt_url = CAST(:receipt_url AS text)
  WHERE payment_id = CAST(:payment_id AS uuid) AND receipt_url IS NULL
    AND coalesce(stripe_payment_intent = CAST(:payment_intent AS text), true)
    AND CAST(:receipt_url AS text) IS NOT NULL AND CAST(:livemode AS boolean) = CAST(:our_livemode AS boolean)
)
INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, payment_id, session_id, payment_intent,
                                   amount_cents, currency, livemode, source)
VALUES (CAST(:event_id AS text), CAST(:created_at AS timestamptz), CAST(:type AS text),
        CASE WHEN CAST(:livemode AS boolean) <> CAST(:our_livemode AS boolean) THEN 'rejected' ELSE 'ignored' END,
        CAST(:payment_id AS uuid), CAST(:session_id AS text), CAST(:payment_intent AS text), CAST(:amount AS bigint),
        CAST(:currency AS text), CAST(:livemode AS boolean), CAST(:source AS text))
ON CONFLICT DO NOTHING
RETURNING outcome)sql"};

inline constexpr db::Statement kLastEventAge = {"payment.last_event_age", R"sql(
SELECT CAST(extract(epoch FROM now() - received_at) AS bigint)
FROM payment.stripe_events WHERE source = 'webhook' ORDER BY received_at DESC LIMIT 1)sql"};

}  // namespace fsft::payment::sql
