-- payment (fightsftickets) 0.1.0
PREPARE "payment.lock" AS /* payment_id */
SELECT payment_id FROM payment.payments WHERE payment_id = CAST($1 AS uuid) FOR UPDATE;

PREPARE "payment.lock_for_event" AS /* payment_id, payment_intent, livemode, our_livemode */
SELECT payment_id FROM payment.payments
WHERE payment_id = coalesce(CAST($1 AS uuid),
                            (SELECT payment_id FROM payment.payments
                             WHERE stripe_payment_intent = CAST($2 AS text) LIMIT 1))
  AND coalesce(stripe_payment_intent = CAST($2 AS text), true)
  AND CAST($3 AS boolean) = CAST($4 AS boolean)
FOR UPDATE;

PREPARE "payment.see_charge" AS /* amount, payment_intent, customer, receipt_url, payment_id */
UPDATE payment.payments
SET charge_refunded_cents = greatest(charge_refunded_cents, CAST($1 AS bigint)),
    stripe_payment_intent = coalesce(stripe_payment_intent, CAST($2 AS text)),
    stripe_customer_id = coalesce(stripe_customer_id, CAST($3 AS text)),
    receipt_url = coalesce(receipt_url, CAST($4 AS text))
WHERE payment_id = CAST($5 AS uuid)
RETURNING payment_id;

PREPARE "payment.see_refund" AS /* state, payment_id, stripe_refund_id, refund_id, failure, new_refund_id, amount */
WITH told (stage) AS (
  VALUES (CASE CAST($1 AS text) WHEN 'submitted' THEN 1 WHEN 'succeeded' THEN 2 ELSE 3 END)
), known AS (
  SELECT refund_id,
         CASE state WHEN 'submitted' THEN 1 WHEN 'succeeded' THEN 2
                    WHEN 'failed' THEN CASE WHEN stripe_refund_id IS NULL THEN 0 ELSE 3 END ELSE 0 END AS stage
  FROM payment.refunds
  WHERE payment_id = CAST($2 AS uuid)
    AND (stripe_refund_id = CAST($3 AS text)
         OR stripe_refund_id IS NULL AND refund_id = CAST($4 AS uuid))
), moved AS (
  UPDATE payment.refunds r
  SET state = CAST($1 AS text), stripe_refund_id = CAST($3 AS text), updated_at = now(),
      failure = CASE CAST($1 AS text) WHEN 'failed' THEN CAST($5 AS text) ELSE '' END,
      settled_at = CASE CAST($1 AS text) WHEN 'submitted' THEN NULL ELSE now() END,
      next_at = now() + interval '5 minutes', claim = r.claim + 1, failures = 0
  FROM known, told
  WHERE r.refund_id = known.refund_id AND known.stage < told.stage
  RETURNING r.refund_id, r.is_after_mailing
), made AS (
  INSERT INTO payment.refunds (refund_id, payment_id, origin, state, amount_cents, actor, stripe_refund_id, failure,
                               settled_at, is_after_mailing)
  SELECT CAST($6 AS uuid), payment_id, 'stripe', CAST($1 AS text), CAST($7 AS bigint), 'stripe',
         CAST($3 AS text), CASE CAST($1 AS text) WHEN 'failed' THEN CAST($5 AS text) ELSE '' END,
         CASE CAST($1 AS text) WHEN 'submitted' THEN NULL ELSE now() END,
         coalesce(delivery_state IN ('mailed', 'in_transit', 'delivered', 'returned'), false)
  FROM payment.payments
  WHERE payment_id = CAST($2 AS uuid) AND NOT EXISTS (SELECT FROM known)
  RETURNING refund_id, is_after_mailing
)
SELECT refund_id, is_after_mailing FROM moved UNION ALL SELECT refund_id, is_after_mailing FROM made;

PREPARE "payment.see_dispute" AS /* dispute_id, payment_id, state */
INSERT INTO payment.disputes AS known (stripe_dispute_id, payment_id, state)
VALUES (CAST($1 AS text), CAST($2 AS uuid), CAST($3 AS text))
ON CONFLICT (stripe_dispute_id) DO UPDATE SET state = excluded.state, updated_at = now()
WHERE known.payment_id = excluded.payment_id
  AND (known.state = 'inquiry' AND excluded.state <> 'inquiry'
       OR known.state = 'open' AND excluded.state IN ('won', 'lost', 'dismissed'))
RETURNING stripe_dispute_id;

PREPARE "payment.balance" AS /* hold, state, always, payment_id, actor, action, reason */
WITH before AS (
  SELECT p.payment_id, p.state, b.refunded, b.reserved, b.dispute, coalesce(CAST($1 AS boolean), p.hold) AS hold,
         CASE WHEN p.state = 'review' AND b.refunded >= p.amount_cents THEN 'refunded'
              ELSE coalesce(CAST($2 AS text), p.state) END AS to_state,
         (p.refunded_cents, p.refund_reserved_cents, p.dispute) IS DISTINCT FROM (b.refunded, b.reserved, b.dispute)
           OR coalesce(CAST($1 AS boolean) <> p.hold, false) OR CAST($3 AS boolean) AS has_changed
  FROM payment.payments p, payment.balance_of(p.payment_id, p.amount_cents, p.charge_refunded_cents) AS b
  WHERE p.payment_id = CAST($4 AS uuid)
), moved AS (
  UPDATE payment.payments p
  SET refunded_cents = before.refunded, refund_reserved_cents = before.reserved, dispute = before.dispute,
      hold = before.hold, state = before.to_state, version = p.version + 1, updated_at = now()
  FROM before WHERE p.payment_id = before.payment_id AND before.has_changed
  RETURNING p.payment_id, before.state AS from_state, p.state AS to_state, p.version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, CAST($5 AS text), CAST($6 AS text), from_state, to_state, version, CAST($7 AS text)
  FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version)
  SELECT payment_id, target, version FROM moved CROSS JOIN (VALUES ('fulfillment'), ('intake')) AS targets (target)
  WHERE to_state NOT IN ('pending', 'expired', 'failed')
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT to_state FROM moved;

PREPARE "payment.note_event" AS /* event_id, created_at, type, outcome, payment_id, payment_intent, amount, currency, livemode, object_id, object_status, source */
WITH event AS (
  INSERT INTO payment.stripe_events AS stored (event_id, created_at, type, outcome, payment_id, payment_intent,
                                               amount_cents, currency, livemode, object_id, object_status, source)
  VALUES (CAST($1 AS text), CAST($2 AS timestamptz), CAST($3 AS text), CAST($4 AS text),
          CAST($5 AS uuid), CAST($6 AS text), CAST($7 AS bigint), CAST($8 AS text),
          CAST($9 AS boolean), CAST($10 AS text), CAST($11 AS text), CAST($12 AS text))
  ON CONFLICT (event_id, created_at) DO UPDATE SET outcome = excluded.outcome, payment_id = excluded.payment_id
  WHERE stored.outcome = 'unmatched' AND excluded.outcome <> 'unmatched'
  RETURNING outcome
), left_waiting AS (
  INSERT INTO payment.unmatched_events (event_id, created_at, payment_id, payment_intent)
  SELECT CAST($1 AS text), CAST($2 AS timestamptz), CAST($5 AS uuid),
         CAST($6 AS text)
  FROM event WHERE outcome = 'unmatched'
), taken_up AS (
  DELETE FROM payment.unmatched_events
  WHERE event_id = CAST($1 AS text) AND CAST($4 AS text) <> 'unmatched'
)
SELECT outcome,
       EXISTS (SELECT FROM payment.unmatched_events waiting
               WHERE waiting.event_id <> CAST($1 AS text) AND event.outcome = 'processed'
                 AND (waiting.payment_id = CAST($5 AS uuid)
                      OR waiting.payment_intent = CAST($6 AS text)))
FROM event;

PREPARE "payment.claim_event_cursor" AS /* lease, anyway */
UPDATE payment.event_cursor
SET claim = claim + 1, next_at = now() + make_interval(secs => CAST($1 AS double precision))
WHERE next_at <= now() OR CAST($2 AS boolean)
RETURNING claim, read_to, failures, now(), set_config('synchronous_commit', 'off', true);

PREPARE "payment.move_event_cursor" AS /* read_to, pause, claim */
UPDATE payment.event_cursor
SET read_to = greatest(read_to, CAST($1 AS timestamptz)), failures = 0,
    next_at = now() + make_interval(secs => CAST($2 AS double precision))
WHERE claim = CAST($3 AS bigint)
RETURNING set_config('synchronous_commit', 'off', true);

PREPARE "payment.put_event_cursor_off" AS /* pause, claim */
UPDATE payment.event_cursor
SET failures = failures + 1, next_at = now() + make_interval(secs => CAST($1 AS double precision))
WHERE claim = CAST($2 AS bigint)
RETURNING set_config('synchronous_commit', 'off', true);

PREPARE "payment.known_events" AS /* ids, from, until */
SELECT event_id FROM payment.stripe_events
WHERE event_id = ANY (CAST($1 AS text[]))
  AND created_at >= CAST($2 AS timestamptz) AND created_at <= CAST($3 AS timestamptz);

PREPARE "payment.matchable_events" AS /* after, limit */
WITH stretch AS MATERIALIZED (
  SELECT event_id, payment_id, session_id, payment_intent FROM payment.unmatched_events
  WHERE event_id > CAST($1 AS text) ORDER BY event_id LIMIT CAST($2 AS bigint)
)
SELECT (SELECT count(*) FROM stretch), (SELECT max(event_id) FROM stretch),
       ARRAY (SELECT DISTINCT CAST(p.payment_id AS text) FROM stretch JOIN payment.payments p
              ON p.payment_id = stretch.payment_id OR p.stripe_session_id = stretch.session_id
                 OR p.stripe_payment_intent = stretch.payment_intent);

PREPARE "payment.unmatched_left" AS /*  */
SELECT count(*) FROM (SELECT FROM payment.unmatched_events LIMIT 100000) AS waiting;

PREPARE "payment.claim_due_checks" AS /* back, lease */
WITH due AS MATERIALIZED (
  SELECT payment_id, next_check_at FROM payment.payments
  WHERE state = 'pending' AND next_check_at <= now()
    AND next_check_at >= now() - make_interval(secs => CAST($1 AS double precision))
  ORDER BY next_check_at LIMIT 20
  FOR UPDATE SKIP LOCKED
)
UPDATE payment.payments p
SET check_claim = p.check_claim + 1, checked_at = now(),
    next_check_at = now() + make_interval(secs => CAST($2 AS double precision))
FROM due WHERE p.payment_id = due.payment_id
RETURNING p.payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name,
          success_url, cancel_url, state, created_at, session_expires_at,
          now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                        ELSE session_expires_at END,
          stripe_session_id, checkout_url, check_claim, checks,
          CAST(1000 * extract(epoch FROM now() - due.next_check_at) AS bigint),
          set_config('synchronous_commit', 'off', true);

PREPARE "payment.claim_all_checks" AS /* age, since, lease */
WITH due AS MATERIALIZED (
  SELECT payment_id FROM payment.payments
  WHERE state = 'pending' AND next_check_at IS NOT NULL
    AND created_at <= now() - make_interval(secs => CAST($1 AS double precision))
    AND (checked_at IS NULL OR checked_at < coalesce(CAST($2 AS timestamptz), now()))
  ORDER BY next_check_at LIMIT 20
  FOR UPDATE SKIP LOCKED
)
UPDATE payment.payments p
SET check_claim = p.check_claim + 1, checked_at = now(),
    next_check_at = now() + make_interval(secs => CAST($3 AS double precision))
FROM due WHERE p.payment_id = due.payment_id
RETURNING p.payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name,
          success_url, cancel_url, state, created_at, session_expires_at,
          now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                        ELSE session_expires_at END,
          stripe_session_id, checkout_url, check_claim, checks, now(),
          set_config('synchronous_commit', 'off', true);

PREPARE "payment.claim_one_check" AS /* lease, payment_id, age, apart */
UPDATE payment.payments
SET check_claim = check_claim + 1, checked_at = now(),
    next_check_at = now() + make_interval(secs => CAST($1 AS double precision))
WHERE payment_id = CAST($2 AS uuid) AND state = 'pending'
  AND created_at <= now() - make_interval(secs => CAST($3 AS double precision))
  AND (checked_at IS NULL OR checked_at <= now() - make_interval(secs => CAST($4 AS double precision)))
RETURNING payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name,
          success_url, cancel_url, state, created_at, session_expires_at,
          now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                        ELSE session_expires_at END,
          stripe_session_id, checkout_url, check_claim, checks, set_config('synchronous_commit', 'off', true);

PREPARE "payment.check_later" AS /* counts, pause, payment_ids, claims */
UPDATE payment.payments p
SET checks = checks + CAST($1 AS integer),
    next_check_at = least(now() + make_interval(secs => CAST($2 AS double precision)),
                          CASE WHEN session_expires_at + interval '1 minute' > now()
                               THEN session_expires_at + interval '1 minute' END)
FROM unnest(CAST($3 AS uuid[]), CAST($4 AS bigint[])) AS given (payment_id, claim)
WHERE p.payment_id = given.payment_id AND p.check_claim = given.claim AND p.state = 'pending'
RETURNING set_config('synchronous_commit', 'off', true);

PREPARE "payment.check_arrears" AS /*  */
SELECT (SELECT count(*) FROM (SELECT FROM payment.payments
                              WHERE state = 'pending' AND next_check_at < now() - interval '1 minute'
                              LIMIT 10000) AS late),
       (SELECT CAST(extract(epoch FROM now() - read_to) AS bigint) FROM payment.event_cursor);

PREPARE "payment.open" AS /* payment_ids, intake_ids, draft_ids, sha256s, appeal_types, amounts, currencies, products, success_urls, cancel_urls, check_after */
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST($1 AS uuid[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), wanted AS MATERIALIZED (
  SELECT * FROM unnest(CAST($1 AS uuid[]), CAST($2 AS uuid[]), CAST($3 AS uuid[]),
                       CAST($4 AS bytea[]), CAST($5 AS text[]), CAST($6 AS bigint[]),
                       CAST($7 AS text[]), CAST($8 AS text[]), CAST($9 AS text[]),
                       CAST($10 AS text[]))
    AS w (payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
          cancel_url)
), existing AS MATERIALIZED (
  SELECT p.draft_id, p.state FROM patience CROSS JOIN wanted JOIN payment.payments p USING (draft_id)
  ORDER BY p.payment_id FOR UPDATE OF p
), opened AS (
  INSERT INTO payment.payments (payment_id, intake_id, draft_id, content_sha256, state, appeal_type, amount_cents,
                                currency, product_name, success_url, cancel_url, session_expires_at, next_check_at)
  SELECT payment_id, intake_id, draft_id, content_sha256, 'pending', appeal_type, amount_cents,
         CAST(currency AS char(3)), product_name, success_url, cancel_url,
         date_trunc('second', now() + interval '23 hours'),
         now() + make_interval(secs => CAST($11 AS double precision))
  FROM wanted
  WHERE NOT EXISTS (SELECT FROM existing
                    WHERE existing.draft_id = wanted.draft_id AND existing.state NOT IN ('expired', 'failed'))
  ORDER BY intake_id, draft_id
  ON CONFLICT (draft_id) WHERE state = 'pending' DO NOTHING
  RETURNING *
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, to_state, version)
  SELECT payment_id, 'checkout', 'open', state, version FROM opened
)
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, created_at, session_expires_at, false, stripe_session_id, checkout_url
FROM opened;

PREPARE "payment.deciding" AS /* draft_id */
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, created_at, session_expires_at,
       state = 'pending' AND now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                                           ELSE session_expires_at END,
       stripe_session_id, checkout_url
FROM payment.payments WHERE draft_id = CAST($1 AS uuid)
ORDER BY CASE state WHEN 'paid' THEN 0 WHEN 'review' THEN 1 WHEN 'refunded' THEN 2 WHEN 'pending' THEN 3 ELSE 4 END,
         created_at DESC
LIMIT 1;

PREPARE "payment.live_of_intake" AS /* intake_id */
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, amount_cents, currency, product_name, success_url,
       cancel_url, state, created_at, session_expires_at,
       state = 'pending' AND now() >= CASE WHEN stripe_session_id IS NULL THEN session_expires_at - interval '1 hour'
                                           ELSE session_expires_at END,
       stripe_session_id, checkout_url
FROM payment.payments
WHERE intake_id = CAST($1 AS uuid) AND state IN ('pending', 'paid', 'review')
ORDER BY state <> 'pending' DESC, payment_id;

PREPARE "payment.store_session" AS /* payment_ids, session_ids, checkout_urls */
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST($1 AS uuid[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), given AS MATERIALIZED (
  SELECT payment_id, session_id, nullif(url, '') AS checkout_url
  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS text[]))
    AS g (payment_id, session_id, url)
), before AS MATERIALIZED (
  SELECT payment_id FROM patience CROSS JOIN given JOIN payment.payments p USING (payment_id)
  ORDER BY payment_id FOR UPDATE OF p
)
UPDATE payment.payments p
SET stripe_session_id = given.session_id, checkout_url = given.checkout_url, updated_at = now()
FROM before JOIN given USING (payment_id)
WHERE p.payment_id = before.payment_id
  AND (p.stripe_session_id IS NULL OR p.stripe_session_id = given.session_id)
RETURNING p.payment_id, p.stripe_session_id, p.state,
          EXISTS (SELECT FROM payment.unmatched_events waiting
                  WHERE waiting.payment_id = given.payment_id OR waiting.session_id = given.session_id),
          set_config('synchronous_commit', 'off', true);

PREPARE "payment.end" AS /* state, payment_id, session_id, reason */
WITH ended AS (
  UPDATE payment.payments
  SET state = CAST($1 AS text), version = version + 1, ended_at = now(), updated_at = now()
  WHERE payment_id = CAST($2 AS uuid) AND state = 'pending'
    AND stripe_session_id IS NOT DISTINCT FROM CAST($3 AS text)
  RETURNING payment_id, state, version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'checkout', 'end', 'pending', state, version, CAST($4 AS text) FROM ended
)
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM ended;

PREPARE "payment.apply_events" AS /* event_ids, created, types, effects, sources, livemodes, payment_ids, session_ids, payment_intents, amounts, currencies, customers, receipt_urls, our_livemode */
WITH patience AS MATERIALIZED (
  SELECT CASE WHEN cardinality(CAST($1 AS text[])) > 1 THEN set_config('lock_timeout', '250ms', true) END
), given AS MATERIALIZED (
  SELECT event_id, created_at, type, effect, source, livemode, CAST(nullif(payment, '') AS uuid) AS payment_id,
         nullif(session, '') AS session_id, nullif(intent, '') AS payment_intent, amount, nullif(money, '') AS currency,
         nullif(payer, '') AS customer, nullif(receipt, '') AS receipt_url
  FROM unnest(CAST($1 AS text[]), CAST($2 AS timestamptz[]), CAST($3 AS text[]),
              CAST($4 AS text[]), CAST($5 AS text[]), CAST($6 AS boolean[]),
              CAST($7 AS text[]), CAST($8 AS text[]), CAST($9 AS text[]),
              CAST($10 AS bigint[]), CAST($11 AS text[]), CAST($12 AS text[]),
              CAST($13 AS text[]))
    AS g (event_id, created_at, type, effect, source, livemode, payment, session, intent, amount, money, payer, receipt)
), before AS MATERIALIZED (
  SELECT given.event_id, p.payment_id, p.draft_id, p.state, p.amount_cents, p.currency, p.refunded_cents
  FROM patience CROSS JOIN given JOIN payment.payments p
    ON p.payment_id = coalesce(given.payment_id, (SELECT found.payment_id FROM payment.payments found
                                                  WHERE found.stripe_session_id = given.session_id))
  WHERE given.livemode = CAST($14 AS boolean)
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
         CASE WHEN livemode <> CAST($14 AS boolean) THEN 'rejected'
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
FROM event JOIN given USING (event_id) LEFT JOIN moved USING (event_id);

PREPARE "payment.unmatched_events" AS /* payment_id */
WITH payment AS (
  SELECT payment_id, stripe_session_id, stripe_payment_intent FROM payment.payments
  WHERE payment_id = CAST($1 AS uuid)
)
SELECT event_id, created_at, e.type, e.payment_id, e.session_id, e.payment_intent, e.amount_cents, e.currency, e.livemode,
       e.object_id, e.object_status, e.source
FROM payment JOIN payment.unmatched_events waiting
     ON waiting.payment_id = payment.payment_id OR waiting.session_id = payment.stripe_session_id
        OR waiting.payment_intent = payment.stripe_payment_intent
     JOIN payment.stripe_events e USING (event_id, created_at)
ORDER BY created_at LIMIT 20;

PREPARE "payment.record_event" AS /* receipt_url, payment_id, payment_intent, livemode, our_livemode, event_id, created_at, type, session_id, amount, currency, source */
WITH receipt AS (
  UPDATE payment.payments SET receipt_url = CAST($1 AS text)
  WHERE payment_id = CAST($2 AS uuid) AND receipt_url IS NULL
    AND coalesce(stripe_payment_intent = CAST($3 AS text), true)
    AND CAST($1 AS text) IS NOT NULL AND CAST($4 AS boolean) = CAST($5 AS boolean)
)
INSERT INTO payment.stripe_events (event_id, created_at, type, outcome, payment_id, session_id, payment_intent,
                                   amount_cents, currency, livemode, source)
VALUES (CAST($6 AS text), CAST($7 AS timestamptz), CAST($8 AS text),
        CASE WHEN CAST($4 AS boolean) <> CAST($5 AS boolean) THEN 'rejected' ELSE 'ignored' END,
        CAST($2 AS uuid), CAST($9 AS text), CAST($3 AS text), CAST($10 AS bigint),
        CAST($11 AS text), CAST($4 AS boolean), CAST($12 AS text))
ON CONFLICT DO NOTHING
RETURNING outcome;

PREPARE "payment.last_event_age" AS /*  */
SELECT CAST(extract(epoch FROM now() - received_at) AS bigint)
FROM payment.stripe_events WHERE source = 'webhook' ORDER BY received_at DESC LIMIT 1;

PREPARE "payment.order_gauges" AS /*  */
WITH outbox AS MATERIALIZED (
  SELECT target, created_at
  FROM unnest(ARRAY['fulfillment', 'intake']) AS targets (target)
  CROSS JOIN LATERAL (SELECT created_at FROM payment.outbox o WHERE o.target = targets.target
                      ORDER BY next_at LIMIT 10000) AS due
), unmailed AS MATERIALIZED (
  SELECT paid_at FROM payment.payments
  WHERE state = 'paid' AND mailed_at IS NULL AND refunded_cents < amount_cents
    AND payment.want(state, amount_cents, refunded_cents, refund_reserved_cents, dispute, hold) = 'mail'
    AND delivery_state IS DISTINCT FROM 'cancelled'
  ORDER BY paid_at LIMIT 10000
), unmatched AS MATERIALIZED (
  SELECT received_at FROM payment.unmatched_events LIMIT 10000
)
SELECT 'outbox.' || target, count(created_at)
FROM unnest(ARRAY['fulfillment', 'intake']) AS targets (target) LEFT JOIN outbox USING (target) GROUP BY target
UNION ALL
SELECT 'outbox_age.' || target, CAST(extract(epoch FROM now() - min(created_at)) AS bigint)
FROM unnest(ARRAY['fulfillment', 'intake']) AS targets (target) LEFT JOIN outbox USING (target) GROUP BY target
UNION ALL
SELECT 'orders.pending', count(*)
FROM (SELECT FROM payment.payments WHERE state = 'pending' ORDER BY next_check_at LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.review', count(*) FROM (SELECT FROM payment.payments WHERE state = 'review' LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.held', count(*) FROM (SELECT FROM payment.payments WHERE hold LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.refund_open', count(*)
FROM (SELECT FROM payment.refunds WHERE state IN ('requested', 'held', 'submitted') LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.refund_failed', count(*) FROM (SELECT FROM payment.refunds WHERE state = 'failed' LIMIT 10000) AS waiting
UNION ALL
SELECT 'orders.dispute', count(*)
FROM (SELECT FROM payment.disputes WHERE state IN ('inquiry', 'open') LIMIT 10000) AS waiting
UNION ALL SELECT 'unmailed', count(*) FROM unmailed
UNION ALL SELECT 'unmailed_age', CAST(extract(epoch FROM now() - min(paid_at)) AS bigint) FROM unmailed
UNION ALL SELECT 'unmatched', count(*) FROM unmatched
UNION ALL SELECT 'unmatched_age', CAST(extract(epoch FROM now() - min(received_at)) AS bigint) FROM unmatched
UNION ALL
SELECT 'webhook_age',
       (SELECT CAST(extract(epoch FROM now() - received_at) AS bigint) FROM payment.stripe_events
        WHERE source = 'webhook' AND received_at > now() - interval '40 days' ORDER BY received_at DESC LIMIT 1);

PREPARE "payment.find_by_payments" AS /* keys */
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at,
       state = 'pending' AND created_at <= now() - interval '10 seconds'
       AND coalesce(checked_at <= now() - interval '10 seconds', true)
FROM payment.payments WHERE payment_id = ANY (CAST($1 AS uuid[]));

PREPARE "payment.find_by_sessions" AS /* keys */
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at,
       state = 'pending' AND created_at <= now() - interval '10 seconds'
       AND coalesce(checked_at <= now() - interval '10 seconds', true)
FROM payment.payments WHERE stripe_session_id = ANY (CAST($1 AS text[]));

PREPARE "payment.find_by_intake" AS /* key */
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at,
       state = 'pending' AND created_at <= now() - interval '10 seconds'
       AND coalesce(checked_at <= now() - interval '10 seconds', true)
FROM payment.payments WHERE intake_id = CAST($1 AS uuid)
ORDER BY CASE state WHEN 'paid' THEN 0 WHEN 'review' THEN 1 WHEN 'refunded' THEN 2 WHEN 'pending' THEN 3 ELSE 4 END,
         created_at DESC
LIMIT 1;

PREPARE "payment.wanted_orders" AS /* ids */
SELECT payment_id, version,
       payment.want(state, amount_cents, refunded_cents, refund_reserved_cents, dispute, hold),
       intake_id, draft_id, content_sha256, appeal_type, paid_at, amount_cents, currency, refunded_cents,
       CASE WHEN starts_with(stripe_session_id, 'cs_live_') THEN true
            WHEN starts_with(stripe_session_id, 'cs_test_') THEN false END
FROM payment.payments WHERE payment_id = ANY (CAST($1 AS uuid[]));

PREPARE "payment.intake_orders" AS /* ids */
SELECT i.intake_id, o.payment_id,
       (SELECT CAST(sum(version) AS bigint) FROM payment.payments p WHERE p.intake_id = i.intake_id),
       o.state, o.delivery_state,
       payment.final_at(o.state, o.amount_cents, o.refunded_cents, o.delivery_state, o.mailed_at, o.ended_at, o.updated_at)
FROM (SELECT DISTINCT intake_id FROM payment.payments WHERE payment_id = ANY (CAST($1 AS uuid[]))) AS i
CROSS JOIN LATERAL (
  SELECT * FROM payment.payments p WHERE p.intake_id = i.intake_id
  ORDER BY CASE state WHEN 'paid' THEN 0 WHEN 'review' THEN 1 WHEN 'refunded' THEN 2 WHEN 'pending' THEN 3 ELSE 4 END,
           created_at DESC
  LIMIT 1) AS o;

PREPARE "payment.put_deliveries" AS /* ids, versions, states, letters, trackings, expected, mailed, delivered, returned */
WITH news AS (
  SELECT DISTINCT ON (payment_id) *
  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS bigint[]), CAST($3 AS text[]), CAST($4 AS text[]),
              CAST($5 AS text[]), CAST($6 AS text[]), CAST($7 AS text[]),
              CAST($8 AS text[]), CAST($9 AS text[]))
    AS n (payment_id, version, state, letter_id, tracking_number, expected_delivery, mailed_at, delivered_at, returned_at)
  ORDER BY payment_id, version DESC
), before AS MATERIALIZED (
  SELECT p.payment_id, p.delivery_state, p.mailed_at FROM payment.payments p JOIN news n USING (payment_id)
  WHERE p.delivery_version < n.version
  ORDER BY p.payment_id FOR UPDATE OF p
), moved AS (
  UPDATE payment.payments p
  SET delivery_state = n.state, delivery_version = n.version, version = p.version + 1,
      letter_id = nullif(n.letter_id, ''), tracking_number = nullif(n.tracking_number, ''),
      expected_delivery = CAST(nullif(n.expected_delivery, '') AS date),
      mailed_at = CAST(nullif(n.mailed_at, '') AS timestamptz),
      delivered_at = CAST(nullif(n.delivered_at, '') AS timestamptz),
      returned_at = CAST(nullif(n.returned_at, '') AS timestamptz),
      updated_at = CASE WHEN p.delivery_state IS DISTINCT FROM n.state THEN now() ELSE p.updated_at END
  FROM news n JOIN before USING (payment_id)
  WHERE p.payment_id = n.payment_id AND p.delivery_version < n.version
  RETURNING p.payment_id, p.version, before.delivery_state AS from_state, p.delivery_state AS to_state,
            before.mailed_at IS NULL AND p.mailed_at IS NOT NULL AS is_mailed
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'fulfillment', 'delivery', from_state, to_state, version FROM moved
), told AS (
  INSERT INTO payment.outbox (payment_id, target, version) SELECT payment_id, 'intake', version FROM moved
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT count(*), set_config('synchronous_commit', 'off', true), count(*) FILTER (WHERE is_mailed) FROM moved;

PREPARE "payment.refundable" AS /* payment_id */
SELECT state, amount_cents - refunded_cents - refund_reserved_cents, refunded_cents = 0 AND refund_reserved_cents = 0, hold,
       EXISTS (SELECT FROM payment.payments other
               WHERE other.draft_id = p.draft_id AND other.state = 'paid' AND other.payment_id <> p.payment_id)
FROM payment.payments p WHERE payment_id = CAST($1 AS uuid);

PREPARE "payment.was_paid" AS /* payment_id */
SELECT EXISTS (SELECT FROM payment.audit_log
               WHERE payment_id = CAST($1 AS uuid) AND to_state = 'paid');

PREPARE "payment.forget_refund_request" AS /* request_key */
UPDATE payment.refunds SET request_key = NULL
WHERE request_key = CAST($1 AS bytea) AND request_expires_at <= now()
RETURNING refund_id;

PREPARE "payment.refund_of_request" AS /* request_key */
SELECT refund_id, request_digest FROM payment.refunds
WHERE request_key = CAST($1 AS bytea);

PREPARE "payment.request_refund" AS /* refund_id, amount, is_whole, reason, is_forced, actor, request_key, request_digest, lifetime, lease, payment_id */
INSERT INTO payment.refunds (refund_id, payment_id, origin, state, amount_cents, is_whole, reason, is_forced,
                             is_after_mailing, actor, request_key, request_digest, request_expires_at, next_at, claim)
SELECT CAST($1 AS uuid), payment_id, 'operator', 'requested', CAST($2 AS bigint), CAST($3 AS boolean),
       CAST($4 AS text), CAST($5 AS boolean),
       coalesce(delivery_state IN ('mailed', 'in_transit', 'delivered', 'returned'), false), CAST($6 AS text),
       CAST($7 AS bytea), CAST($8 AS bytea),
       now() + make_interval(secs => CAST($9 AS double precision)),
       now() + make_interval(secs => CAST($10 AS double precision)), 1
FROM payment.payments WHERE payment_id = CAST($11 AS uuid)
RETURNING refund_id;

PREPARE "payment.force_refund" AS /* payment_id */
UPDATE payment.refunds r SET is_forced = true, next_at = now(), claim = r.claim + 1, updated_at = now()
FROM payment.payments p
WHERE r.payment_id = CAST($1 AS uuid) AND r.state = 'requested' AND p.payment_id = r.payment_id
  AND p.delivery_state = 'outcome_unknown'
RETURNING r.refund_id;

PREPARE "payment.claim_refunds" AS /* limit, lease */
WITH due AS MATERIALIZED (
  SELECT refund_id FROM payment.refunds
  WHERE next_at <= now() AND state IN ('requested', 'held', 'submitted') AND origin = 'operator'
  ORDER BY next_at LIMIT CAST($1 AS bigint)
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE payment.refunds r
  SET claim = r.claim + 1, next_at = now() + make_interval(secs => CAST($2 AS double precision))
  FROM due WHERE r.refund_id = due.refund_id
  RETURNING r.*
)
SELECT refund_id, payment_id, r.state, r.amount_cents, is_whole, p.refunded_cents + p.refund_reserved_cents >= p.amount_cents,
       is_forced, is_after_mailing, reason, stripe_payment_intent,
       CAST(extract(epoch FROM now() - posted_at) AS bigint), claim, failures,
       set_config('synchronous_commit', 'off', true)
FROM claimed r JOIN payment.payments p USING (payment_id);

PREPARE "payment.due_refund" AS /* refund_id */
SELECT refund_id, payment_id, r.state, r.amount_cents, is_whole, p.refunded_cents + p.refund_reserved_cents >= p.amount_cents,
       is_forced, is_after_mailing, reason, stripe_payment_intent,
       CAST(extract(epoch FROM now() - posted_at) AS bigint), claim, failures
FROM payment.refunds r JOIN payment.payments p USING (payment_id)
WHERE refund_id = CAST($1 AS uuid);

PREPARE "payment.hold_refund" AS /* is_mailed, refund_id, claim */
UPDATE payment.refunds
SET state = 'held', is_after_mailing = is_after_mailing OR CAST($1 AS boolean), posted_at = now(),
    next_at = now(), failures = 0, updated_at = now()
WHERE refund_id = CAST($2 AS uuid) AND state = 'requested' AND claim = CAST($3 AS bigint)
RETURNING refund_id;

PREPARE "payment.fail_refund" AS /* failure, refund_id, claim */
UPDATE payment.refunds
SET state = 'failed', failure = CAST($1 AS text), settled_at = now(), updated_at = now()
WHERE refund_id = CAST($2 AS uuid) AND state IN ('requested', 'held') AND claim = CAST($3 AS bigint)
RETURNING is_after_mailing;

PREPARE "payment.put_off_refund" AS /* pause, refund_id, claim */
UPDATE payment.refunds
SET next_at = now() + make_interval(secs => CAST($1 AS double precision)), failures = failures + 1
WHERE refund_id = CAST($2 AS uuid) AND claim = CAST($3 AS bigint)
  AND state IN ('requested', 'held', 'submitted')
RETURNING refund_id, set_config('synchronous_commit', 'off', true);

PREPARE "payment.give_back_refunds" AS /* refund_ids, claims */
UPDATE payment.refunds r SET next_at = now()
FROM unnest(CAST($1 AS uuid[]), CAST($2 AS bigint[])) AS given (refund_id, claim)
WHERE r.refund_id = given.refund_id AND r.claim = given.claim AND r.state IN ('requested', 'held', 'submitted')
RETURNING r.refund_id, set_config('synchronous_commit', 'off', true);

PREPARE "payment.refund" AS /* refund_id */
SELECT refund_id, payment_id, r.state, r.amount_cents, p.currency, reason, origin, is_after_mailing,
       r.state = 'requested' AND coalesce(p.delivery_state = 'outcome_unknown', false), failure, r.created_at, settled_at
FROM payment.refunds r JOIN payment.payments p USING (payment_id)
WHERE refund_id = CAST($1 AS uuid);

PREPARE "payment.list_all" AS /* before, limit */
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST($1 AS uuid)
ORDER BY payment_id DESC LIMIT CAST($2 AS bigint);

PREPARE "payment.list_review" AS /* before, limit */
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST($1 AS uuid) AND state = 'review'
ORDER BY payment_id DESC LIMIT CAST($2 AS bigint);

PREPARE "payment.list_held" AS /* before, limit */
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST($1 AS uuid) AND hold
ORDER BY payment_id DESC LIMIT CAST($2 AS bigint);

PREPARE "payment.list_refunded_after_mailing" AS /* before, limit */
SELECT payment_id FROM payment.payments
WHERE payment_id < CAST($1 AS uuid) AND mailed_at IS NOT NULL AND refunded_cents >= amount_cents
  AND delivery_state IS DISTINCT FROM 'cancelled'
ORDER BY payment_id DESC LIMIT CAST($2 AS bigint);

PREPARE "payment.list_refunding" AS /* before, limit */
SELECT DISTINCT payment_id FROM payment.refunds
WHERE payment_id < CAST($1 AS uuid) AND state IN ('requested', 'held', 'submitted')
ORDER BY payment_id DESC LIMIT CAST($2 AS bigint);

PREPARE "payment.list_refund_failed" AS /* before, limit */
SELECT DISTINCT payment_id FROM payment.refunds
WHERE payment_id < CAST($1 AS uuid) AND state = 'failed'
ORDER BY payment_id DESC LIMIT CAST($2 AS bigint);

PREPARE "payment.list_disputed" AS /* before, limit */
SELECT DISTINCT payment_id FROM payment.disputes
WHERE payment_id < CAST($1 AS uuid) AND state IN ('inquiry', 'open')
ORDER BY payment_id DESC LIMIT CAST($2 AS bigint);

PREPARE "payment.listed" AS /* ids */
SELECT payment_id, intake_id, draft_id, stripe_session_id, state, amount_cents, currency, refunded_cents, appeal_type,
       created_at, paid_at, delivery_state, tracking_number, expected_delivery, mailed_at, refund_reserved_cents,
       delivered_at, returned_at, dispute, hold
FROM payment.payments WHERE payment_id = ANY (CAST($1 AS uuid[]))
ORDER BY payment_id DESC;

PREPARE "payment.refunds_of" AS /* ids */
SELECT refund_id, payment_id, r.state, r.amount_cents, p.currency, reason, origin, is_after_mailing,
       r.state = 'requested' AND coalesce(p.delivery_state = 'outcome_unknown', false), failure, r.created_at, settled_at
FROM payment.refunds r JOIN payment.payments p USING (payment_id)
WHERE payment_id = ANY (CAST($1 AS uuid[]))
ORDER BY refund_id DESC;

PREPARE "payment.audit_trail" AS /* payment_id */
SELECT at, actor, action, from_state, to_state, reason, version
FROM payment.audit_log WHERE payment_id = CAST($1 AS uuid)
ORDER BY version, at;

PREPARE "payment.activity" AS /* limit */
SELECT at, actor, action, from_state, to_state, reason, version, payment_id
FROM payment.audit_log ORDER BY at DESC, version DESC LIMIT CAST($1 AS bigint);

PREPARE "payment.count_by_state" AS /*  */
SELECT state, count(*) FROM payment.payments WHERE created_at >= now() - interval '30 days' GROUP BY state;

PREPARE "payment.stats" AS /*  */
SELECT (SELECT count(*) FROM payment.payments WHERE state = 'review'),
       (SELECT count(*) FROM payment.payments WHERE hold),
       (SELECT count(*) FROM payment.refunds WHERE state IN ('requested', 'held', 'submitted')),
       (SELECT count(*) FROM payment.refunds WHERE state = 'failed'),
       (SELECT count(*) FROM payment.payments
        WHERE mailed_at IS NOT NULL AND refunded_cents >= amount_cents AND delivery_state IS DISTINCT FROM 'cancelled'),
       (SELECT count(*) FROM payment.disputes WHERE state IN ('inquiry', 'open')),
       (SELECT count(*) FROM payment.unmatched_events),
       (SELECT count(*) FROM payment.payments
        WHERE state = 'paid' AND mailed_at IS NULL AND refunded_cents < amount_cents AND dispute <> 'lost'
          AND delivery_state IS DISTINCT FROM 'cancelled'),
       (SELECT CAST(coalesce(extract(epoch FROM now() - min(paid_at)), 0) AS bigint) FROM payment.payments
        WHERE state = 'paid' AND mailed_at IS NULL AND refunded_cents < amount_cents AND dispute <> 'lost'
          AND delivery_state IS DISTINCT FROM 'cancelled');

PREPARE "payment.funnel" AS /* from_day, to_day */
SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, appeal_type, count(*), count(paid_at), count(mailed_at),
       CAST(coalesce(sum(amount_cents) FILTER (WHERE paid_at IS NOT NULL), 0) AS bigint),
       CAST(coalesce(sum(refunded_cents), 0) AS bigint), count(*) FILTER (WHERE dispute <> 'none'),
       CAST(coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM mailed_at - paid_at)), 0) AS bigint),
       CAST(coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM mailed_at - paid_at)), 0) AS bigint)
FROM payment.payments
WHERE created_at >= CAST(CAST($1 AS date) AS timestamp) AT TIME ZONE 'UTC'
  AND created_at < CAST(CAST($2 AS date) + 1 AS timestamp) AT TIME ZONE 'UTC'
GROUP BY 1, 2 ORDER BY 1, 2;

PREPARE "payment.look_ids" AS /* days, after_time, after_id, batch */
SELECT payment_id, created_at,
       (stripe_session_id IS NOT NULL OR stripe_payment_intent IS NOT NULL)
       AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
       AND coalesce(payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
                    < now() - make_interval(days => CAST($1 AS integer)), false)
FROM payment.payments
WHERE created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, payment_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, payment_id LIMIT CAST($4 AS integer);

PREPARE "payment.blank_ids" AS /* id, days */
WITH due AS MATERIALIZED (
  SELECT payment_id, state FROM payment.payments
  WHERE payment_id = CAST($1 AS uuid) AND (stripe_session_id IS NOT NULL OR stripe_payment_intent IS NOT NULL)
    AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
    AND payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
        < now() - make_interval(days => CAST($2 AS integer))
  FOR UPDATE SKIP LOCKED
), blanked AS (
  UPDATE payment.payments p
  SET stripe_session_id = NULL, stripe_payment_intent = NULL, stripe_customer_id = NULL, checkout_url = NULL,
      receipt_url = NULL, success_url = '', cancel_url = '', version = p.version + 1
  FROM due WHERE p.payment_id = due.payment_id
  RETURNING p.payment_id, p.state, p.version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'retention', 'blank', state, state, version FROM blanked
)
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM blanked;

PREPARE "payment.look_events" AS /* days, after_time, after_id, batch */
SELECT event_id, received_at,
       NOT EXISTS (SELECT FROM payment.payments p WHERE p.payment_id = e.payment_id
                   AND (p.stripe_session_id IS NOT NULL OR p.stripe_payment_intent IS NOT NULL))
FROM payment.stripe_events e
WHERE (session_id IS NOT NULL OR payment_intent IS NOT NULL OR object_id IS NOT NULL)
  AND received_at < now() - make_interval(days => CAST($1 AS integer))
  AND (received_at, event_id) > (CAST($2 AS timestamptz), CAST($3 AS text))
ORDER BY received_at, event_id LIMIT CAST($4 AS integer);

PREPARE "payment.blank_event" AS /* id, days */
WITH blanked AS (
  UPDATE payment.stripe_events e SET session_id = NULL, payment_intent = NULL, object_id = NULL
  WHERE event_id = CAST($1 AS text) AND (session_id IS NOT NULL OR payment_intent IS NOT NULL OR object_id IS NOT NULL)
    AND received_at < now() - make_interval(days => CAST($2 AS integer))
    AND NOT EXISTS (SELECT FROM payment.payments p WHERE p.payment_id = e.payment_id
                    AND (p.stripe_session_id IS NOT NULL OR p.stripe_payment_intent IS NOT NULL))
  RETURNING event_id
), taken_out AS (
  DELETE FROM payment.unmatched_events w USING blanked WHERE w.event_id = blanked.event_id
)
SELECT event_id, set_config('synchronous_commit', 'off', true) FROM blanked;

PREPARE "payment.look_payments" AS /* days, after_time, after_id, batch */
SELECT payment_id, created_at,
       stripe_session_id IS NULL AND stripe_payment_intent IS NULL
       AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
       AND coalesce(payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
                    < now() - make_interval(days => CAST($1 AS integer)), false)
       AND updated_at < now() - make_interval(days => CAST($1 AS integer))
       AND NOT EXISTS (SELECT FROM payment.outbox o WHERE o.payment_id = p.payment_id)
       AND NOT EXISTS (SELECT FROM payment.payments q WHERE q.intake_id = p.intake_id
                       AND coalesce(payment.final_at(q.state, q.amount_cents, q.refunded_cents, q.delivery_state, q.mailed_at,
                                                     q.ended_at, q.updated_at)
                                    >= now() - make_interval(days => CAST($1 AS integer)), true))
FROM payment.payments p
WHERE created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, payment_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, payment_id LIMIT CAST($4 AS integer);

PREPARE "payment.delete_payment" AS /* id, days */
WITH due AS MATERIALIZED (
  SELECT payment_id, state, version FROM payment.payments p
  WHERE payment_id = CAST($1 AS uuid) AND stripe_session_id IS NULL AND stripe_payment_intent IS NULL
    AND refund_reserved_cents = 0 AND dispute NOT IN ('inquiry', 'open')
    AND payment.final_at(state, amount_cents, refunded_cents, delivery_state, mailed_at, ended_at, updated_at)
        < now() - make_interval(days => CAST($2 AS integer))
    AND updated_at < now() - make_interval(days => CAST($2 AS integer))
    AND NOT EXISTS (SELECT FROM payment.outbox o WHERE o.payment_id = p.payment_id)
    AND NOT EXISTS (SELECT FROM payment.payments q WHERE q.intake_id = p.intake_id
                    AND coalesce(payment.final_at(q.state, q.amount_cents, q.refunded_cents, q.delivery_state, q.mailed_at,
                                                  q.ended_at, q.updated_at)
                                 >= now() - make_interval(days => CAST($2 AS integer)), true))
  FOR UPDATE SKIP LOCKED
), deleted AS (
  DELETE FROM payment.payments p USING due WHERE p.payment_id = due.payment_id
  RETURNING p.payment_id, due.state, due.version
), trail AS (
  INSERT INTO payment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'retention', 'delete', state, 'deleted', version + 1 FROM deleted
)
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM deleted;

PREPARE "ping" AS /*  */SELECT 1;

PREPARE "payment.outbox.claim" AS /* target, back, limit, lease */
WITH due AS MATERIALIZED (
  SELECT payment_id, target, next_at FROM payment.outbox
  WHERE target = CAST($1 AS text) AND next_at <= now()
    AND next_at >= now() - make_interval(secs => CAST($2 AS double precision))
  ORDER BY next_at LIMIT CAST($3 AS bigint)
  FOR UPDATE SKIP LOCKED
)
UPDATE payment.outbox o
SET claim = o.claim + 1, next_at = now() + make_interval(secs => CAST($4 AS double precision))
FROM due WHERE o.payment_id = due.payment_id AND o.target = due.target
RETURNING o.payment_id, o.claim, o.failures, CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint),
          o.version, set_config('synchronous_commit', 'off', true);

PREPARE "payment.outbox.settle" AS /* ids, claims, versions, target */
DELETE FROM payment.outbox o
USING unnest(CAST($1 AS uuid[]), CAST($2 AS bigint[]), CAST($3 AS bigint[]))
      AS done (payment_id, claim, version)
WHERE o.payment_id = done.payment_id AND o.target = CAST($4 AS text)
  AND o.claim = done.claim AND o.version = done.version
RETURNING set_config('synchronous_commit', 'off', true);

PREPARE "payment.outbox.put_off" AS /* ids, claims, versions, pauses_ms, target */
UPDATE payment.outbox o
SET failures = o.failures + 1,
    next_at = now() + make_interval(secs => CAST(failed.pause_ms AS double precision) / 1000)
FROM unnest(CAST($1 AS uuid[]), CAST($2 AS bigint[]), CAST($3 AS bigint[]),
            CAST($4 AS bigint[])) AS failed (payment_id, claim, version, pause_ms)
WHERE o.payment_id = failed.payment_id AND o.target = CAST($5 AS text)
  AND o.claim = failed.claim AND o.version = failed.version
RETURNING set_config('synchronous_commit', 'off', true);

PREPARE "payment.server_gauges" AS /*  */SELECT name, value FROM payment.server_numbers();

