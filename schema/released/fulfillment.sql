-- fulfillment (fightsftickets) 0.1.0
PREPARE "fulfillment.erasure_cursor" AS /*  */
SELECT sequence FROM fulfillment.erasure_cursor;

PREPARE "fulfillment.forget_letters" AS /* intakes, sequence */
WITH forgotten AS (
  UPDATE fulfillment.letters
  SET pdf_sealed = NULL, data_key = NULL, data_key_id = NULL, version = version + 1, updated_at = now()
  WHERE intake_id = ANY (CAST($1 AS uuid[])) AND data_key IS NOT NULL
  RETURNING payment_id, state, version
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'intake', 'erase', state, state, version FROM forgotten
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM forgotten
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
), followed AS (
  UPDATE fulfillment.erasure_cursor SET sequence = CAST($2 AS bigint) WHERE sequence < CAST($2 AS bigint)
)
SELECT count(*) FROM forgotten;

PREPARE "fulfillment.old_wraps" AS /* current */
SELECT (SELECT count(*) FROM fulfillment.letters WHERE data_key_id < CAST($1 AS text))
     + (SELECT count(*) FROM fulfillment.letters WHERE data_key_id > CAST($1 AS text));

PREPARE "fulfillment.find_wrapped" AS /* old_key, after, batch */
SELECT payment_id, data_key, data_key_id FROM fulfillment.letters
WHERE (data_key_id, payment_id) > (CAST($1 AS text), CAST($2 AS uuid)) AND data_key_id <= CAST($1 AS text)
ORDER BY data_key_id, payment_id LIMIT CAST($3 AS integer) FOR UPDATE SKIP LOCKED;

PREPARE "fulfillment.rewrap" AS /* key_id, ids, keys */
UPDATE fulfillment.letters l SET data_key = n.data_key, data_key_id = CAST($1 AS text)
FROM unnest(CAST($2 AS uuid[]), CAST($3 AS bytea[])) AS n (payment_id, data_key)
WHERE l.payment_id = n.payment_id;

PREPARE "fulfillment.letter_gauges" AS /* key */
WITH outbox AS MATERIALIZED (
  SELECT created_at FROM fulfillment.outbox WHERE target = 'payment' ORDER BY next_at LIMIT 10000
), unmatched AS MATERIALIZED (
  SELECT received_at FROM fulfillment.unmatched_lob_events ORDER BY received_at LIMIT 10000
)
SELECT 'outbox', count(*) FROM outbox
UNION ALL SELECT 'outbox_age', CAST(extract(epoch FROM now() - min(created_at)) AS bigint) FROM outbox
UNION ALL
SELECT 'letters.' || states.state,
       (SELECT count(*) FROM (SELECT FROM fulfillment.letters l
                              WHERE l.state = states.state AND l.state NOT IN ('delivered', 'cancelled') LIMIT 10000) AS waiting)
FROM unnest(ARRAY['queued', 'sending', 'outcome_unknown', 'dead_letter', 'failed_at_printer', 'cancelling'])
     AS states (state)
UNION ALL
SELECT 'queue_age',
       (SELECT CAST(extract(epoch FROM now() - coalesce(paid_at, created_at)) AS bigint) FROM fulfillment.letters
        WHERE state = 'queued' AND want = 'mail' AND state NOT IN ('delivered', 'cancelled') ORDER BY payment_id LIMIT 1)
UNION ALL SELECT 'unmatched', count(*) FROM unmatched
UNION ALL SELECT 'unmatched_age', CAST(extract(epoch FROM now() - min(received_at)) AS bigint) FROM unmatched
UNION ALL
SELECT 'webhook_age',
       (SELECT CAST(extract(epoch FROM now() - received_at) AS bigint) FROM fulfillment.lob_events
        WHERE received_at > now() - interval '40 days' ORDER BY received_at DESC LIMIT 1)
UNION ALL
SELECT 'paused.' || causes.cause,
       (SELECT count(*) FROM fulfillment.mailing_pauses p
        WHERE p.cause = causes.cause AND p.resumed_at IS NULL AND p.key_fingerprint IN ('', CAST($1 AS text)))
FROM unnest(ARRAY['operator', 'paused_credentials']) AS causes (cause);

PREPARE "fulfillment.put_orders" AS /* ids, versions, wants, intakes, drafts, sha256s, types, paid, amounts, currencies, refunded, modes */
WITH orders AS (
  SELECT DISTINCT ON (payment_id) *
  FROM unnest(CAST($1 AS uuid[]), CAST($2 AS bigint[]), CAST($3 AS text[]), CAST($4 AS uuid[]),
              CAST($5 AS uuid[]), CAST($6 AS bytea[]), CAST($7 AS text[]), CAST($8 AS text[]),
              CAST($9 AS bigint[]), CAST($10 AS text[]), CAST($11 AS bigint[]),
              CAST($12 AS text[]))
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
     LEFT JOIN fulfillment.letters l USING (payment_id);

PREPARE "fulfillment.cancel" AS /* payment_id, actor */
WITH before AS MATERIALIZED (
  SELECT payment_id, state AS from_state,
         CASE WHEN state IN ('queued', 'dead_letter', 'failed_at_printer', 'cancelled') THEN 'cancelled'
              WHEN state IN ('sending', 'outcome_unknown', 'cancelling') THEN 'cancelling'
              WHEN state = 'mailed' AND want <> 'cancel' THEN 'cancelling' END AS to_state,
         version, reason, failures, misses, missed_at, stopped_by, coalesce(stopped_at, now()) AS stopped_at,
         coalesce(payment_want, want) AS payment_want
  FROM fulfillment.letters WHERE payment_id = CAST($1 AS uuid) FOR UPDATE
), stopped AS (
  UPDATE fulfillment.letters l
  SET want = 'cancel', payment_want = b.payment_want, stopped_by = coalesce(b.stopped_by, CAST($2 AS text)),
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
  SELECT payment_id, CAST($2 AS text), 'cancel', from_state, to_state, version FROM stopped
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM stopped
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT from_state, to_state FROM before;

PREPARE "fulfillment.retry" AS /* undo_cancel, payment_id, actor */
WITH before AS MATERIALIZED (
  SELECT payment_id, state AS from_state,
         CASE WHEN state = 'dead_letter' AND stopped_by IS NULL THEN 'queued'
              WHEN CAST($1 AS boolean) AND payment_want <> 'cancel' AND state IN ('cancelled', 'cancelling')
                THEN CASE WHEN state = 'cancelled' AND lob_letter_id IS NULL THEN 'queued'
                          WHEN state = 'cancelled' THEN 'failed_at_printer'
                          WHEN lob_letter_id IS NULL THEN 'sending'
                          ELSE state END
         END AS to_state,
         version, stopped_by, coalesce(payment_want, want) AS want, attempt, unsure_since, last_post_at, pdf_sha256,
         lob_letter_id, mailed_at
  FROM fulfillment.letters WHERE payment_id = CAST($2 AS uuid) FOR UPDATE
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
  SELECT payment_id, CAST($3 AS text), CASE from_state WHEN 'dead_letter' THEN 'retry' ELSE 'undo_cancel' END,
         from_state, to_state, version, reason
  FROM retried
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM retried
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT from_state, coalesce(to_state, from_state), stopped_by IS NOT NULL AND to_state IS NULL FROM before;

PREPARE "fulfillment.new_generation" AS /* proof, payment_id, force, actor */
WITH before AS MATERIALIZED (
  SELECT payment_id, state, state = 'failed_at_printer' OR misses >= CAST($1 AS integer) AS proven,
         coalesce(payment_want, want) AS want
  FROM fulfillment.letters WHERE payment_id = CAST($2 AS uuid) FOR UPDATE
), renewed AS (
  UPDATE fulfillment.letters l
  SET state = 'queued', generation = l.generation + 1, attempt = 0, failures = 0, reason = '', unsure_since = NULL,
      misses = 0, missed_at = NULL, lob_letter_id = NULL, tracking_number = NULL, expected_delivery = NULL,
      mailed_at = NULL, moved_at = NULL, next_at = now(), version = l.version + 1, updated_at = now(),
      want = before.want, payment_want = NULL, stopped_by = NULL, stopped_at = NULL
  FROM before
  WHERE l.payment_id = before.payment_id AND before.state IN ('outcome_unknown', 'failed_at_printer')
    AND before.want <> 'cancel' AND (before.proven OR CAST($3 AS boolean))
  RETURNING l.payment_id, l.version, before.state AS from_state, before.proven
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, CAST($4 AS text), 'new_generation', from_state, 'queued', version,
         CASE WHEN proven THEN '' ELSE 'forced' END
  FROM renewed
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM renewed
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT state, proven, want <> 'cancel' FROM before;

PREPARE "fulfillment.deliveries" AS /* ids */
SELECT payment_id, version, state, lob_letter_id, tracking_number, expected_delivery, mailed_at, delivered_at, returned_at
FROM fulfillment.letters WHERE payment_id = ANY (CAST($1 AS uuid[]));

PREPARE "fulfillment.pdf" AS /* payment_id */
SELECT pdf_sealed, pdf_sha256, data_key, data_key_id
FROM fulfillment.letters WHERE payment_id = CAST($1 AS uuid) AND pdf_sealed IS NOT NULL;

PREPARE "fulfillment.backlog" AS /*  */
SELECT count(*), CAST(extract(epoch FROM now() - min(coalesce(paid_at, created_at))) AS bigint)
FROM fulfillment.letters
WHERE state IN ('queued', 'sending', 'outcome_unknown', 'dead_letter') AND want = 'mail';

PREPARE "fulfillment.claim" AS /* key, livemode, back, lease, unsure, fresh */
WITH pause AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM fulfillment.mailing_pauses
                 WHERE resumed_at IS NULL AND key_fingerprint IN ('', CAST($1 AS text))) AS in_force
), due AS MATERIALIZED (
  SELECT payment_id, next_at FROM fulfillment.letters
  WHERE state IN ('queued', 'sending') AND want = 'mail' AND next_at <= now()
    AND coalesce(livemode, CAST($2 AS boolean)) = CAST($2 AS boolean)
    AND next_at >= now() - make_interval(secs => CAST($3 AS double precision))
    AND NOT (SELECT in_force FROM pause)
  ORDER BY next_at LIMIT 1
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE fulfillment.letters l
  SET claim = l.claim + 1, next_at = now() + make_interval(secs => CAST($4 AS double precision))
  FROM due WHERE l.payment_id = due.payment_id
  RETURNING CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint) AS late_ms,
            l.payment_id, l.claim, l.state, l.generation, l.attempt, l.failures, l.unsure_since IS NOT NULL,
            coalesce(l.unsure_since < now() - make_interval(secs => CAST($5 AS double precision)), false),
            l.draft_id, l.content_sha256, l.appeal_type, l.pdf_sealed, l.pdf_sha256, l.data_key, l.data_key_id,
            l.attempt > 0 OR l.generation > 1 OR coalesce(l.paid_at, l.created_at) < now() - make_interval(secs => CAST($6 AS double precision))
)
SELECT pause.in_force, claimed.*, set_config('synchronous_commit', 'off', true) FROM pause LEFT JOIN claimed ON true;

PREPARE "fulfillment.claim_followed" AS /* key, livemode, back, lease, unsure, miss_after, miss_apart */
WITH pause AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM fulfillment.mailing_pauses
                 WHERE resumed_at IS NULL AND key_fingerprint = CAST($1 AS text)) AS in_force
), due AS MATERIALIZED (
  SELECT payment_id, next_at FROM fulfillment.letters
  WHERE (state IN ('mailed', 'in_transit', 'outcome_unknown', 'cancelling') OR (state = 'sending' AND want <> 'mail'))
    AND coalesce(livemode, CAST($2 AS boolean)) = CAST($2 AS boolean)
    AND next_at <= now() AND next_at >= now() - make_interval(secs => CAST($3 AS double precision))
    AND NOT (SELECT in_force FROM pause)
  ORDER BY next_at LIMIT 1
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE fulfillment.letters l
  SET claim = l.claim + 1, next_at = now() + make_interval(secs => CAST($4 AS double precision))
  FROM due WHERE l.payment_id = due.payment_id
  RETURNING CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint) AS late_ms,
            l.payment_id, l.claim, l.state, l.generation, l.attempt, l.failures, l.unsure_since IS NOT NULL,
            coalesce(l.unsure_since < now() - make_interval(secs => CAST($5 AS double precision)), false),
            l.lob_letter_id, l.misses, coalesce(l.mailed_at, l.last_post_at, l.created_at),
            CAST(extract(epoch FROM now() - coalesce(l.mailed_at, l.last_post_at, l.created_at)) AS bigint),
            coalesce(l.last_post_at < now() - make_interval(secs => CAST($6 AS double precision))
                     AND (l.missed_at IS NULL
                          OR l.missed_at <= now() - make_interval(secs => CAST($7 AS double precision))), false)
)
SELECT pause.in_force, claimed.*, set_config('synchronous_commit', 'off', true) FROM pause LEFT JOIN claimed ON true;

PREPARE "fulfillment.begin_post" AS /* livemode, lease, pdf, sha256, data_key, data_key_id, payment_id, claim, attempt, from_state */
WITH begun AS (
  UPDATE fulfillment.letters
  SET state = 'sending', attempt = attempt + 1, unsure_since = coalesce(unsure_since, now()), last_post_at = now(),
      livemode = CAST($1 AS boolean),
      next_at = now() + make_interval(secs => CAST($2 AS double precision)),
      pdf_sealed = coalesce(pdf_sealed, CAST($3 AS bytea)), pdf_sha256 = coalesce(pdf_sha256, CAST($4 AS bytea)),
      data_key = coalesce(data_key, CAST($5 AS bytea)),
      data_key_id = coalesce(data_key_id, CAST($6 AS text)), version = version + 1, updated_at = now()
  WHERE payment_id = CAST($7 AS uuid) AND claim = CAST($8 AS bigint) AND attempt = CAST($9 AS integer)
    AND state = CAST($10 AS text) AND want = 'mail' AND next_at > now()
    AND coalesce(livemode, CAST($1 AS boolean)) = CAST($1 AS boolean)
  RETURNING payment_id, version
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version)
  SELECT payment_id, 'mailing', 'post', CAST($10 AS text), 'sending', version FROM begun
), told AS (
  INSERT INTO fulfillment.outbox (payment_id, target, version) SELECT payment_id, 'payment', version FROM begun
  ON CONFLICT (payment_id, target) DO UPDATE
  SET version = excluded.version, next_at = now(), claim = outbox.claim + 1, failures = 0
)
SELECT version FROM begun;

PREPARE "fulfillment.move" AS /* from_state, to_state, payment_id, claim, attempt, failures, reason, unsure, pause, letter_id, tracking_number, expected_delivery */
WITH before AS MATERIALIZED (
  SELECT payment_id, state,
         CASE WHEN state = CAST($1 AS text) THEN
                CASE WHEN CAST($2 AS text) = 'cancelled' AND want <> 'cancel' THEN 'failed_at_printer'
                     ELSE CAST($2 AS text) END
              WHEN CAST($2 AS text) IN ('queued', 'dead_letter', 'failed_at_printer') THEN 'cancelled'
              ELSE 'cancelling' END AS to_state
  FROM fulfillment.letters
  WHERE payment_id = CAST($3 AS uuid) AND claim = CAST($4 AS bigint) AND attempt = CAST($5 AS integer)
    AND state IN (CAST($1 AS text), 'cancelling')
  FOR UPDATE
), moved AS (
  UPDATE fulfillment.letters l
  SET state = b.to_state, failures = CAST($6 AS integer), misses = 0, missed_at = NULL,
      reason = CASE WHEN b.to_state = 'failed_at_printer' AND CAST($2 AS text) = 'cancelled'
                    THEN 'cancelled_but_wanted' ELSE CAST($7 AS text) END,
      unsure_since = CASE WHEN CAST($8 AS boolean) THEN l.unsure_since END,
      next_at = CASE WHEN b.to_state = CAST($2 AS text)
                     THEN now() + make_interval(secs => CAST($9 AS double precision)) ELSE now() END,
      lob_letter_id = coalesce(CAST($10 AS text), l.lob_letter_id),
      tracking_number = coalesce(CAST($11 AS text), l.tracking_number),
      expected_delivery = coalesce(CAST($12 AS date), l.expected_delivery),
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
SELECT to_state FROM moved;

PREPARE "fulfillment.put_off" AS /* reason, failures, misses, from_state, pause, payment_id, claim, attempt */
UPDATE fulfillment.letters
SET reason = CASE WHEN reason = 'too_late_to_cancel' AND CAST($1 AS text) = '' THEN reason ELSE CAST($1 AS text) END,
    failures = CAST($2 AS integer),
    misses = misses + CAST($3 AS integer), missed_at = CASE WHEN CAST($3 AS integer) > 0 THEN now() ELSE missed_at END,
    next_at = CASE WHEN state = CAST($4 AS text) THEN now() + make_interval(secs => CAST($5 AS double precision))
                   ELSE now() END,
    updated_at = now()
WHERE payment_id = CAST($6 AS uuid) AND claim = CAST($7 AS bigint) AND attempt = CAST($8 AS integer)
  AND state IN (CAST($4 AS text), 'cancelling')
RETURNING state, set_config('synchronous_commit', 'off', true);

PREPARE "fulfillment.accepted_after" AS /* after, livemode */
SELECT lob_letter_id FROM fulfillment.letters
WHERE lob_letter_id IS NOT NULL AND mailed_at > CAST($1 AS timestamptz)
  AND coalesce(livemode, CAST($2 AS boolean)) = CAST($2 AS boolean)
ORDER BY mailed_at LIMIT 1;

PREPARE "fulfillment.pause" AS /* cause, key, actor */
INSERT INTO fulfillment.mailing_pauses (cause, key_fingerprint, paused_by)
VALUES (CAST($1 AS text), CAST($2 AS text), CAST($3 AS text))
ON CONFLICT (cause, key_fingerprint) WHERE resumed_at IS NULL DO NOTHING
RETURNING pause_id;

PREPARE "fulfillment.resume" AS /* actor */
WITH resumed AS (
  UPDATE fulfillment.mailing_pauses SET resumed_at = now(), resumed_by = CAST($1 AS text) WHERE resumed_at IS NULL
  RETURNING cause
), due AS (
  UPDATE fulfillment.letters SET next_at = now()
  WHERE state = 'queued' AND want = 'mail' AND reason = 'printer_credentials' AND next_at > now()
    AND EXISTS (SELECT FROM resumed)
)
SELECT cause FROM resumed;

PREPARE "fulfillment.pauses" AS /* key */
SELECT cause FROM fulfillment.mailing_pauses
WHERE resumed_at IS NULL AND key_fingerprint IN ('', CAST($1 AS text)) ORDER BY cause;

PREPARE "fulfillment.claim_notification" AS /* back, lease, news */
WITH due AS MATERIALIZED (
  SELECT payment_id, kind, next_at FROM fulfillment.notifications
  WHERE state = 'pending' AND next_at <= now()
    AND next_at >= now() - make_interval(secs => CAST($1 AS double precision))
  ORDER BY next_at LIMIT 1
  FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE fulfillment.notifications n
  SET claim = n.claim + 1, next_at = now() + make_interval(secs => CAST($2 AS double precision))
  FROM due WHERE n.payment_id = due.payment_id AND n.kind = due.kind
  RETURNING CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint) AS late_ms,
            n.payment_id, n.kind, n.claim, n.failures, n.created_at
)
SELECT late_ms, payment_id, kind, c.claim, c.failures,
       CASE kind WHEN 'paid' THEN least(c.created_at, l.paid_at) ELSE c.created_at END
         < now() - make_interval(secs => CAST($3 AS double precision)),
       l.intake_id, l.version, l.order_version, l.state, l.want, l.amount_cents, l.currency, l.refunded_cents,
       l.tracking_number, l.expected_delivery
FROM claimed c JOIN fulfillment.letters l USING (payment_id);

PREPARE "fulfillment.end_notification" AS /* state, reason, payment_id, kind, claim */
UPDATE fulfillment.notifications
SET state = CAST($1 AS text), reason = CAST($2 AS text),
    sent_at = CASE CAST($1 AS text) WHEN 'sent' THEN now() END
WHERE payment_id = CAST($3 AS uuid) AND kind = CAST($4 AS text) AND claim = CAST($5 AS bigint)
  AND state = 'pending'
RETURNING kind;

PREPARE "fulfillment.put_off_notification" AS /* reason, pause, payment_id, kind, claim */
UPDATE fulfillment.notifications
SET failures = failures + 1, reason = CAST($1 AS text),
    next_at = now() + make_interval(secs => CAST($2 AS double precision))
WHERE payment_id = CAST($3 AS uuid) AND kind = CAST($4 AS text) AND claim = CAST($5 AS bigint)
  AND state = 'pending'
RETURNING kind, set_config('synchronous_commit', 'off', true);

PREPARE "fulfillment.give_back_notification" AS /* payment_id, kind, claim */
UPDATE fulfillment.notifications SET next_at = now()
WHERE payment_id = CAST($1 AS uuid) AND kind = CAST($2 AS text) AND claim = CAST($3 AS bigint)
  AND state = 'pending'
RETURNING kind, set_config('synchronous_commit', 'off', true);

PREPARE "fulfillment.take_back_notification" AS /* payment_id, version, order_version, kind, claim */
WITH letter AS MATERIALIZED (
  SELECT payment_id FROM fulfillment.letters
  WHERE payment_id = CAST($1 AS uuid) AND version = CAST($2 AS bigint)
    AND order_version = CAST($3 AS bigint)
  FOR SHARE
)
DELETE FROM fulfillment.notifications n USING letter
WHERE n.payment_id = letter.payment_id AND n.kind = CAST($4 AS text) AND n.claim = CAST($5 AS bigint)
  AND n.state = 'pending'
RETURNING n.kind;

PREPARE "fulfillment.skip_notifications" AS /* limit */
WITH due AS MATERIALIZED (
  SELECT payment_id, kind FROM fulfillment.notifications
  WHERE state = 'pending' AND next_at <= now()
  ORDER BY next_at LIMIT CAST($1 AS integer)
  FOR UPDATE SKIP LOCKED
)
UPDATE fulfillment.notifications n SET state = 'skipped', reason = 'no_server', claim = n.claim + 1
FROM due WHERE n.payment_id = due.payment_id AND n.kind = due.kind
RETURNING n.kind, set_config('synchronous_commit', 'off', true);

PREPARE "fulfillment.oldest_notification" AS /*  */
SELECT CAST(extract(epoch FROM now() - min(created_at)) AS bigint)
FROM fulfillment.notifications WHERE state = 'pending';

PREPARE "fulfillment.look_letters" AS /* days, after_time, after_id, batch */
SELECT payment_id, created_at,
       data_key IS NULL AND unsure_since IS NULL
       AND state IN ('mailed', 'in_transit', 'delivered', 'returned', 'cancelled')
       AND greatest(created_at, paid_at, mailed_at) < now() - make_interval(days => CAST($1 AS integer))
       AND NOT EXISTS (SELECT FROM fulfillment.outbox o WHERE o.payment_id = l.payment_id)
FROM fulfillment.letters l
WHERE created_at < now() - make_interval(days => CAST($1 AS integer))
  AND (created_at, payment_id) > (CAST($2 AS timestamptz), CAST($3 AS uuid))
ORDER BY created_at, payment_id LIMIT CAST($4 AS integer);

PREPARE "fulfillment.delete_letter" AS /* id, days */
WITH due AS MATERIALIZED (
  SELECT payment_id, state, version FROM fulfillment.letters l
  WHERE payment_id = CAST($1 AS uuid) AND data_key IS NULL AND unsure_since IS NULL
    AND state IN ('mailed', 'in_transit', 'delivered', 'returned', 'cancelled')
    AND greatest(created_at, paid_at, mailed_at) < now() - make_interval(days => CAST($2 AS integer))
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
SELECT payment_id, set_config('synchronous_commit', 'off', true) FROM deleted;

PREPARE "fulfillment.look_events" AS /* days, after_time, after_id, batch */
SELECT event_id, received_at,
       NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = e.letter_id)
FROM fulfillment.lob_events e
WHERE letter_id IS NOT NULL AND received_at < now() - make_interval(days => CAST($1 AS integer))
  AND (received_at, event_id) > (CAST($2 AS timestamptz), CAST($3 AS text))
ORDER BY received_at, event_id LIMIT CAST($4 AS integer);

PREPARE "fulfillment.blank_event" AS /* id, days */
WITH blanked AS (
  UPDATE fulfillment.lob_events e SET letter_id = NULL
  WHERE event_id = CAST($1 AS text) AND letter_id IS NOT NULL
    AND received_at < now() - make_interval(days => CAST($2 AS integer))
    AND NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = e.letter_id)
  RETURNING event_id
), taken_out AS (
  DELETE FROM fulfillment.unmatched_lob_events w USING blanked WHERE w.event_id = blanked.event_id
)
SELECT event_id, set_config('synchronous_commit', 'off', true) FROM blanked;

PREPARE "fulfillment.look_waiting_events" AS /* days, after_time, after_id, batch */
SELECT event_id, received_at,
       NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = w.letter_id)
FROM fulfillment.unmatched_lob_events w
WHERE received_at < now() - make_interval(days => CAST($1 AS integer))
  AND (received_at, event_id) > (CAST($2 AS timestamptz), CAST($3 AS text))
ORDER BY received_at, event_id LIMIT CAST($4 AS integer);

PREPARE "fulfillment.forget_waiting_event" AS /* id, days */
WITH blanked AS (
  UPDATE fulfillment.lob_events e SET letter_id = NULL
  FROM fulfillment.unmatched_lob_events w
  WHERE w.event_id = CAST($1 AS text) AND w.received_at < now() - make_interval(days => CAST($2 AS integer))
    AND NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.lob_letter_id = w.letter_id)
    AND e.event_id = w.event_id AND e.created_at = w.created_at AND e.outcome = 'unmatched'
  RETURNING e.event_id
), taken_out AS (
  DELETE FROM fulfillment.unmatched_lob_events w USING blanked WHERE w.event_id = blanked.event_id
)
SELECT event_id, set_config('synchronous_commit', 'off', true) FROM blanked;

PREPARE "fulfillment.list_state" AS /* state, after, limit */
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE state = CAST($1 AS text) AND state NOT IN ('delivered', 'cancelled') AND payment_id > CAST($2 AS uuid)
ORDER BY payment_id LIMIT CAST($3 AS bigint);

PREPARE "fulfillment.list_waiting" AS /* after, waiting, limit */
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE state IN ('queued', 'sending', 'outcome_unknown', 'dead_letter') AND want = 'mail' AND payment_id > CAST($1 AS uuid)
  AND coalesce(paid_at, created_at) < now() - make_interval(secs => CAST($2 AS double precision))
ORDER BY payment_id LIMIT CAST($3 AS bigint);

PREPARE "fulfillment.list_stuck" AS /* after, stuck, given_up, limit */
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE state IN ('mailed', 'in_transit') AND payment_id > CAST($1 AS uuid)
  AND coalesce(moved_at, mailed_at) < now() - make_interval(secs => CAST($2 AS double precision))
  AND coalesce(moved_at, mailed_at) > now() - make_interval(secs => CAST($3 AS double precision))
ORDER BY payment_id LIMIT CAST($4 AS bigint);

PREPARE "fulfillment.list_stopped" AS /* after, limit */
SELECT payment_id, state, reason, want, appeal_type, generation, attempt, lob_letter_id, tracking_number,
       expected_delivery, paid_at, mailed_at, coalesce(moved_at, mailed_at), next_at, stopped_by
FROM fulfillment.letters
WHERE stopped_by IS NOT NULL AND payment_want <> 'cancel' AND state IN ('cancelling', 'cancelled')
  AND payment_id > CAST($1 AS uuid)
ORDER BY payment_id LIMIT CAST($2 AS bigint);

PREPARE "fulfillment.count_other_mode" AS /* livemode */
SELECT count(*)
FROM (SELECT FROM fulfillment.letters
      WHERE state IN ('queued', 'sending', 'outcome_unknown', 'cancelling') AND (state <> 'queued' OR want = 'mail')
        AND livemode <> CAST($1 AS boolean)
      LIMIT 10000) AS waiting;

PREPARE "fulfillment.count_stuck" AS /* stuck, given_up */
SELECT count(*)
FROM (SELECT FROM fulfillment.letters
      WHERE state IN ('mailed', 'in_transit')
        AND coalesce(moved_at, mailed_at) < now() - make_interval(secs => CAST($1 AS double precision))
        AND coalesce(moved_at, mailed_at) > now() - make_interval(secs => CAST($2 AS double precision))
      LIMIT 10000) AS stuck;

PREPARE "fulfillment.audit_trail" AS /* payment_id */
SELECT at, actor, action, from_state, to_state, reason, version
FROM fulfillment.audit_log WHERE payment_id = CAST($1 AS uuid)
ORDER BY version, at;

PREPARE "fulfillment.activity" AS /* limit */
SELECT at, actor, action, from_state, to_state, reason, version, payment_id
FROM fulfillment.audit_log ORDER BY at DESC, version DESC LIMIT CAST($1 AS bigint);

PREPARE "fulfillment.count_by_state" AS /*  */
SELECT state, count(*) FROM fulfillment.letters WHERE created_at >= now() - interval '30 days' GROUP BY state;

PREPARE "fulfillment.stats" AS /* stuck, given_up, waiting */
SELECT (SELECT count(*)
        FROM (SELECT FROM fulfillment.letters
              WHERE state IN ('mailed', 'in_transit')
                AND coalesce(moved_at, mailed_at) < now() - make_interval(secs => CAST($1 AS double precision))
                AND coalesce(moved_at, mailed_at) > now() - make_interval(secs => CAST($2 AS double precision))
              LIMIT 10000) AS stuck),
       (SELECT count(*) FROM fulfillment.letters
        WHERE state IN ('queued', 'sending', 'outcome_unknown', 'dead_letter') AND want = 'mail'
          AND coalesce(paid_at, created_at) < now() - make_interval(secs => CAST($3 AS double precision))),
       (SELECT count(*) FROM fulfillment.letters WHERE state = 'outcome_unknown'),
       (SELECT count(*) FROM fulfillment.letters WHERE state = 'dead_letter'),
       (SELECT count(*) FROM fulfillment.letters WHERE state = 'failed_at_printer'),
       (SELECT count(*) FROM (SELECT FROM fulfillment.unmatched_lob_events LIMIT 10000) AS waiting);

PREPARE "fulfillment.take_news" AS /* letter_id, payment_id, generation, news, tracking_number, expected_delivery, event_id, created_at, type, at */
WITH before AS MATERIALIZED (
  SELECT payment_id, state, reason, version, failures, next_at, lob_letter_id, tracking_number, expected_delivery,
         mailed_at, moved_at, delivered_at, returned_at
  FROM fulfillment.letters
  WHERE payment_id = coalesce((SELECT payment_id FROM fulfillment.letters WHERE lob_letter_id = CAST($1 AS text)),
                              CAST($2 AS uuid))
    AND (lob_letter_id = CAST($1 AS text)
         OR (lob_letter_id IS NULL AND generation = CAST($3 AS integer)
             AND CAST($4 AS text) IN ('accepted', 'moving', 'delivered', 'returned')))
  FOR UPDATE
), decision AS MATERIALIZED (
  SELECT payment_id, state AS from_state,
         CASE CAST($4 AS text)
           WHEN 'accepted' THEN CASE WHEN lob_letter_id IS NOT NULL THEN state
                                     WHEN state IN ('cancelling', 'cancelled') THEN 'cancelling' ELSE 'mailed' END
           WHEN 'moving' THEN CASE WHEN state IN ('delivered', 'returned') THEN state ELSE 'in_transit' END
           WHEN 'delivered' THEN CASE WHEN state = 'returned' THEN state ELSE 'delivered' END
           WHEN 'returned' THEN 'returned'
           ELSE CASE WHEN state = 'mailed' THEN 'failed_at_printer' ELSE state END
         END AS to_state,
         lob_letter_id IS NULL
         OR (tracking_number IS NULL AND CAST($5 AS text) IS NOT NULL)
         OR (expected_delivery IS NULL AND CAST($6 AS date) IS NOT NULL)
         OR (CAST($4 AS text) = 'delivered' AND delivered_at IS NULL)
         OR (CAST($4 AS text) = 'returned' AND returned_at IS NULL) AS told_more,
         reason, version, failures, next_at, tracking_number, expected_delivery, mailed_at, moved_at, delivered_at,
         returned_at
  FROM before
), judged AS MATERIALIZED (
  SELECT d.payment_id,
         CASE WHEN d.payment_id IS NOT NULL
                THEN CASE WHEN d.told_more OR d.from_state <> d.to_state THEN 'processed' ELSE 'duplicate' END
              WHEN EXISTS (SELECT FROM fulfillment.letters l
                           WHERE l.payment_id = CAST($2 AS uuid)
                             AND (l.lob_letter_id IS NOT NULL OR l.generation <> CAST($3 AS integer)))
                OR EXISTS (SELECT FROM fulfillment.deleted_letters WHERE payment_id = CAST($2 AS uuid))
                THEN 'ignored'
              ELSE 'unmatched' END AS outcome
  FROM (SELECT) AS always LEFT JOIN decision d ON true
), event AS (
  INSERT INTO fulfillment.lob_events AS stored (event_id, created_at, type, outcome, letter_id, payment_id)
  SELECT CAST($7 AS text), CAST($8 AS timestamptz), CAST($9 AS text), outcome,
         CAST($1 AS text), coalesce(payment_id, CAST($2 AS uuid))
  FROM judged WHERE CAST($7 AS text) IS NOT NULL
  ON CONFLICT (event_id, created_at) DO UPDATE SET outcome = excluded.outcome, payment_id = excluded.payment_id
  WHERE stored.outcome = 'unmatched' AND excluded.outcome <> 'unmatched'
  RETURNING outcome
), verdict AS (
  SELECT outcome FROM event
  UNION ALL SELECT outcome FROM judged WHERE CAST($7 AS text) IS NULL
), left_waiting AS (
  INSERT INTO fulfillment.unmatched_lob_events (event_id, created_at, letter_id)
  SELECT CAST($7 AS text), CAST($8 AS timestamptz), CAST($1 AS text)
  FROM event WHERE outcome = 'unmatched'
), taken_up AS (
  DELETE FROM fulfillment.unmatched_lob_events
  WHERE event_id = CAST($7 AS text) AND EXISTS (SELECT FROM judged WHERE outcome <> 'unmatched')
), moved AS (
  UPDATE fulfillment.letters l
  SET state = d.to_state, lob_letter_id = CAST($1 AS text),
      tracking_number = coalesce(d.tracking_number, CAST($5 AS text)),
      expected_delivery = coalesce(d.expected_delivery, CAST($6 AS date)),
      mailed_at = CASE WHEN d.to_state IN ('cancelling', 'cancelled') THEN d.mailed_at ELSE coalesce(d.mailed_at, now()) END,
      moved_at = CASE WHEN CAST($4 AS text) IN ('moving', 'delivered', 'returned')
                      THEN greatest(d.moved_at, least(CAST($10 AS timestamptz), now())) ELSE d.moved_at END,
      delivered_at = CASE CAST($4 AS text) WHEN 'delivered' THEN coalesce(d.delivered_at, CAST($10 AS timestamptz))
                     ELSE d.delivered_at END,
      returned_at = CASE CAST($4 AS text) WHEN 'returned' THEN coalesce(d.returned_at, CAST($10 AS timestamptz))
                    ELSE d.returned_at END,
      reason = CASE WHEN d.to_state = d.from_state THEN d.reason
                    WHEN d.to_state = 'failed_at_printer' THEN 'printer_' || CAST($4 AS text)
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
         OR (verdict.outcome = 'duplicate' AND CAST($4 AS text) IN ('moving', 'delivered', 'returned')))
  RETURNING l.payment_id, d.from_state, l.state AS to_state, l.version, l.reason, verdict.outcome
), trail AS (
  INSERT INTO fulfillment.audit_log (payment_id, actor, action, from_state, to_state, version, reason)
  SELECT payment_id, 'printer', CASE WHEN CAST($7 AS text) IS NULL THEN 'look' ELSE 'event' END,
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
                   WHERE w.letter_id = CAST($1 AS text) AND w.event_id IS DISTINCT FROM CAST($7 AS text))
FROM verdict LEFT JOIN decision d ON true;

PREPARE "fulfillment.record_event" AS /* event_id, created_at, type, letter_id, payment_id */
INSERT INTO fulfillment.lob_events (event_id, created_at, type, outcome, letter_id, payment_id)
VALUES (CAST($1 AS text), CAST($2 AS timestamptz), CAST($3 AS text), 'ignored',
        CAST($4 AS text), CAST($5 AS uuid))
ON CONFLICT DO NOTHING
RETURNING outcome;

PREPARE "fulfillment.unmatched_events" AS /* letter_id */
SELECT event_id, created_at, e.type
FROM fulfillment.unmatched_lob_events w JOIN fulfillment.lob_events e USING (event_id, created_at)
WHERE w.letter_id = CAST($1 AS text)
ORDER BY created_at LIMIT 20;

PREPARE "fulfillment.last_event_age" AS /*  */
SELECT CAST(extract(epoch FROM now() - received_at) AS bigint)
FROM fulfillment.lob_events ORDER BY received_at DESC LIMIT 1;

PREPARE "ping" AS /*  */SELECT 1;

PREPARE "fulfillment.outbox.claim" AS /* target, back, limit, lease */
WITH due AS MATERIALIZED (
  SELECT payment_id, target, next_at FROM fulfillment.outbox
  WHERE target = CAST($1 AS text) AND next_at <= now()
    AND next_at >= now() - make_interval(secs => CAST($2 AS double precision))
  ORDER BY next_at LIMIT CAST($3 AS bigint)
  FOR UPDATE SKIP LOCKED
)
UPDATE fulfillment.outbox o
SET claim = o.claim + 1, next_at = now() + make_interval(secs => CAST($4 AS double precision))
FROM due WHERE o.payment_id = due.payment_id AND o.target = due.target
RETURNING o.payment_id, o.claim, o.failures, CAST(1000 * extract(epoch FROM now() - due.next_at) AS bigint),
          o.version, set_config('synchronous_commit', 'off', true);

PREPARE "fulfillment.outbox.settle" AS /* ids, claims, versions, target */
DELETE FROM fulfillment.outbox o
USING unnest(CAST($1 AS uuid[]), CAST($2 AS bigint[]), CAST($3 AS bigint[]))
      AS done (payment_id, claim, version)
WHERE o.payment_id = done.payment_id AND o.target = CAST($4 AS text)
  AND o.claim = done.claim AND o.version = done.version
RETURNING set_config('synchronous_commit', 'off', true);

PREPARE "fulfillment.outbox.put_off" AS /* ids, claims, versions, pauses_ms, target */
UPDATE fulfillment.outbox o
SET failures = o.failures + 1,
    next_at = now() + make_interval(secs => CAST(failed.pause_ms AS double precision) / 1000)
FROM unnest(CAST($1 AS uuid[]), CAST($2 AS bigint[]), CAST($3 AS bigint[]),
            CAST($4 AS bigint[])) AS failed (payment_id, claim, version, pause_ms)
WHERE o.payment_id = failed.payment_id AND o.target = CAST($5 AS text)
  AND o.claim = failed.claim AND o.version = failed.version
RETURNING set_config('synchronous_commit', 'off', true);

