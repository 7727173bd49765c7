-- What must hold for every order once nothing is under way: one row for each breach, naming the rule and the id.
-- The end-to-end tests run it at the end of every suite, and so may an operator on a restored backup. It needs a role
-- that may read all three schemas (fsft_readonly) and changes nothing.

WITH payment_chain AS (
    SELECT payment_id, action, version, from_state, to_state,
           lag(to_state) OVER chain AS previous, row_number() OVER chain AS nth, count(*) OVER whole AS length
    FROM payment.audit_log
    WHERE action <> 'delivery'
    WINDOW chain AS (PARTITION BY payment_id ORDER BY version), whole AS (PARTITION BY payment_id)
), delivery_chain AS (
    SELECT payment_id, version, from_state, to_state,
           lag(to_state) OVER chain AS previous, row_number() OVER chain AS nth, count(*) OVER whole AS length
    FROM payment.audit_log
    WHERE action = 'delivery'
    WINDOW chain AS (PARTITION BY payment_id ORDER BY version), whole AS (PARTITION BY payment_id)
), letter_chain AS (
    SELECT payment_id, version, from_state, to_state,
           lag(to_state) OVER chain AS previous, row_number() OVER chain AS nth, count(*) OVER whole AS length
    FROM fulfillment.audit_log
    WINDOW chain AS (PARTITION BY payment_id ORDER BY version), whole AS (PARTITION BY payment_id)
), intake_chain AS (
    SELECT intake_id, from_state, to_state,
           lag(to_state) OVER chain AS previous, row_number() OVER chain AS nth, count(*) OVER whole AS length
    FROM intake.audit_log
    WINDOW chain AS (PARTITION BY intake_id ORDER BY at, version), whole AS (PARTITION BY intake_id)
), breach (rule, id) AS (
    -- The audit trail: without a gap, and it ends where the row stands.
    SELECT 'payment: an audit row does not go on from the one before', payment_id
    FROM payment_chain WHERE from_state IS DISTINCT FROM previous
    UNION ALL
    SELECT 'payment: news of the letter do not go on from the ones before', payment_id
    FROM delivery_chain WHERE from_state IS DISTINCT FROM previous
    UNION ALL
    SELECT 'payment: the audit trail does not end in the state', payment_id
    FROM payment.payments LEFT JOIN payment_chain c USING (payment_id)
    WHERE (c.nth IS NULL OR c.nth = c.length) AND state IS DISTINCT FROM c.to_state
    UNION ALL
    SELECT 'payment: the audit trail does not end in the delivery state', payment_id
    FROM payment.payments LEFT JOIN delivery_chain c USING (payment_id)
    WHERE (c.nth IS NULL OR c.nth = c.length) AND delivery_state IS DISTINCT FROM c.to_state
    UNION ALL
    SELECT 'payment: a version has no audit row, or two', payment_id
    FROM payment.payments p
    WHERE (SELECT array_agg(version ORDER BY version) FROM payment.audit_log a WHERE a.payment_id = p.payment_id)
          IS DISTINCT FROM (SELECT array_agg(n) FROM generate_series(1, p.version) AS n)
    UNION ALL
    SELECT 'letter: an audit row does not go on from the one before', payment_id
    FROM letter_chain WHERE from_state IS DISTINCT FROM previous
    UNION ALL
    SELECT 'letter: the audit trail does not end in the state', payment_id
    FROM fulfillment.letters LEFT JOIN letter_chain c USING (payment_id)
    WHERE (c.nth IS NULL OR c.nth = c.length) AND state IS DISTINCT FROM c.to_state
    UNION ALL
    SELECT 'letter: a version has no audit row, or two', payment_id
    FROM fulfillment.letters l
    WHERE (SELECT array_agg(version ORDER BY version) FROM fulfillment.audit_log a WHERE a.payment_id = l.payment_id)
          IS DISTINCT FROM (SELECT array_agg(n) FROM generate_series(1, l.version) AS n)
    UNION ALL
    SELECT 'letter: it went back on its way', payment_id
    FROM fulfillment.audit_log
    WHERE to_state <> 'deleted'
      AND (from_state = 'in_transit' AND to_state NOT IN ('in_transit', 'delivered', 'returned')
           OR from_state = 'delivered' AND to_state NOT IN ('delivered', 'returned')
           OR from_state = 'returned' AND to_state <> 'returned')
    UNION ALL
    SELECT 'letter: it arrived, and nobody has said when', payment_id
    FROM fulfillment.letters
    WHERE (state = 'delivered' AND delivered_at IS NULL) OR (state = 'returned' AND returned_at IS NULL)
    UNION ALL
    SELECT 'letter: its trail tells of other events than have moved it', payment_id
    FROM fulfillment.letters l
    WHERE (SELECT count(*) FROM fulfillment.lob_events e WHERE e.payment_id = l.payment_id AND e.outcome = 'processed')
          <> (SELECT count(*) FROM fulfillment.audit_log a
              WHERE a.payment_id = l.payment_id AND a.actor = 'printer' AND a.action = 'event')
    UNION ALL
    SELECT 'intake: an audit row does not go on from the one before', intake_id
    FROM intake_chain WHERE from_state IS DISTINCT FROM previous
    UNION ALL
    SELECT 'intake: the audit trail does not end in the state', intake_id
    FROM intake.intakes LEFT JOIN intake_chain c USING (intake_id)
    WHERE (c.nth IS NULL OR c.nth = c.length) AND state IS DISTINCT FROM c.to_state

    UNION ALL
    SELECT 'intake: its exhibits are not as many as were counted, one behind the other', intake_id
    FROM intake.intakes i
    WHERE (SELECT array_agg(position ORDER BY position) FROM intake.exhibits e
           WHERE e.intake_id = i.intake_id AND removed_at IS NULL)
          IS DISTINCT FROM (SELECT array_agg(n) FROM generate_series(1, exhibit_count) AS n)

    -- One paid order, one letter.
    UNION ALL
    SELECT 'order: paid, and there is no letter row', payment_id
    FROM payment.payments p
    WHERE state = 'paid' AND NOT EXISTS (SELECT FROM fulfillment.letters l WHERE l.payment_id = p.payment_id)
      AND NOT EXISTS (SELECT FROM fulfillment.deleted_letters d WHERE d.payment_id = p.payment_id)
    UNION ALL
    SELECT 'letter: it came back after its end', payment_id
    FROM fulfillment.letters JOIN fulfillment.deleted_letters USING (payment_id)
    UNION ALL
    SELECT 'order: never paid, and a letter was sent or may have been', payment_id
    FROM fulfillment.letters l JOIN payment.payments p USING (payment_id)
    WHERE p.paid_at IS NULL AND l.attempt > 0
    UNION ALL
    SELECT 'letter: a doubt that its state has settled', payment_id
    FROM fulfillment.letters
    WHERE state IN ('queued', 'mailed', 'in_transit', 'delivered', 'returned', 'dead_letter', 'failed_at_printer')
      AND unsure_since IS NOT NULL
    UNION ALL
    SELECT 'order: mailed is not what was paid for', payment_id
    FROM fulfillment.letters l JOIN payment.payments p USING (payment_id) JOIN intake.drafts d ON d.draft_id = p.draft_id
    WHERE (l.content_sha256, l.draft_id, l.appeal_type) IS DISTINCT FROM (p.content_sha256, p.draft_id, p.appeal_type)
       OR d.content_sha256 IS DISTINCT FROM p.content_sha256 OR NOT d.is_final

    -- Everybody has been told.
    UNION ALL
    SELECT 'outbox: payment has not told ' || target, payment_id FROM payment.outbox
    UNION ALL
    SELECT 'outbox: fulfillment has not told ' || target, payment_id FROM fulfillment.outbox
    UNION ALL
    SELECT 'order: payment knows another state of the letter', payment_id
    FROM fulfillment.letters l JOIN payment.payments p USING (payment_id)
    WHERE (p.delivery_state, p.delivery_version) IS DISTINCT FROM (l.state, l.version)
    UNION ALL
    SELECT 'order: payment knows other things of the letter', payment_id
    FROM fulfillment.letters l JOIN payment.payments p USING (payment_id)
    WHERE (p.letter_id, p.tracking_number, p.expected_delivery, p.delivered_at IS NULL, p.returned_at IS NULL)
          IS DISTINCT FROM
          (l.lob_letter_id, l.tracking_number, l.expected_delivery, l.delivered_at IS NULL, l.returned_at IS NULL)
    UNION ALL
    SELECT 'order: fulfillment knows another wish of payment', payment_id
    FROM fulfillment.letters l JOIN payment.payments p USING (payment_id)
    WHERE coalesce(l.payment_want, l.want)
          <> payment.want(p.state, p.amount_cents, p.refunded_cents, p.refund_reserved_cents, p.dispute, p.hold)
    UNION ALL
    SELECT 'order: intake does not know that it is paid', p.payment_id
    FROM payment.payments p JOIN intake.intakes i USING (intake_id)
    WHERE p.state = 'paid' AND i.state NOT IN ('paid', 'fulfilled')
    UNION ALL
    SELECT 'order: intake takes it for fulfilled, and no letter was mailed', i.intake_id
    FROM intake.intakes i
    WHERE i.state = 'fulfilled'
      AND NOT EXISTS (SELECT FROM payment.payments p WHERE p.intake_id = i.intake_id AND p.mailed_at IS NOT NULL)
      -- Payments end before their intakes.
      AND NOT EXISTS (SELECT FROM payment.audit_log a WHERE a.payment_id = i.payment_id AND a.action = 'delete')

    -- Emails. That there are no two of a kind is the key of their table.
    UNION ALL
    SELECT 'email: a letter is on its way, and nobody is to be told', payment_id
    FROM fulfillment.letters l
    WHERE state IN ('mailed', 'in_transit')
      AND NOT EXISTS (SELECT FROM fulfillment.notifications n WHERE n.payment_id = l.payment_id AND n.kind = 'mailed')
    UNION ALL
    SELECT 'email: a letter has arrived or is dead, and nobody is to be told', payment_id
    FROM fulfillment.letters l
    WHERE want <> 'cancel' AND state IN ('delivered', 'returned', 'dead_letter', 'failed_at_printer')
      AND NOT EXISTS (SELECT FROM fulfillment.notifications n WHERE n.payment_id = l.payment_id
                      AND n.kind = CASE WHEN l.state IN ('delivered', 'returned') THEN l.state ELSE 'failed' END)
    UNION ALL
    SELECT 'email: of a payment that was never made', payment_id
    FROM fulfillment.notifications n JOIN fulfillment.letters l USING (payment_id)
    WHERE n.kind = 'paid' AND l.paid_at IS NULL
    UNION ALL
    SELECT 'email: of money that went back, and none was asked for', payment_id
    FROM fulfillment.notifications n
    WHERE n.kind = 'refunded' AND n.state = 'sent'
      AND NOT EXISTS (SELECT FROM payment.payments p WHERE p.payment_id = n.payment_id
                      AND (p.charge_refunded_cents > 0 OR EXISTS (SELECT FROM payment.refunds r WHERE r.payment_id = p.payment_id)))

    -- Money.
    UNION ALL
    SELECT 'money: it has come, and the payment still waits for it or has ended', payment_id
    FROM payment.payments WHERE paid_at IS NOT NULL AND state IN ('pending', 'expired', 'failed')
    UNION ALL
    SELECT 'money: a paid payment has no event that paid it, or two', payment_id
    FROM payment.payments p
    WHERE p.paid_at IS NOT NULL
      AND 1 <> (SELECT count(*) FROM payment.stripe_events e
                WHERE e.payment_id = p.payment_id AND e.outcome = 'processed'
                  AND e.type IN ('checkout.session.completed', 'checkout.session.async_payment_succeeded'))
    UNION ALL
    SELECT 'money: what was paid is not the price', payment_id
    FROM payment.payments p JOIN payment.stripe_events e USING (payment_id)
    WHERE p.state = 'paid' AND e.outcome = 'processed' AND e.amount_cents <> p.amount_cents
      AND e.type IN ('checkout.session.completed', 'checkout.session.async_payment_succeeded')
      AND NOT EXISTS (SELECT FROM payment.audit_log a WHERE a.payment_id = p.payment_id AND a.action = 'accept')
    UNION ALL
    SELECT 'money: what is written down is not what it adds up to', p.payment_id
    FROM payment.payments p, payment.balance_of(p.payment_id, p.amount_cents, p.charge_refunded_cents) AS b
    WHERE (p.refunded_cents, p.refund_reserved_cents, p.dispute) IS DISTINCT FROM (b.refunded, b.reserved, b.dispute)
    UNION ALL
    SELECT 'money: a refund that is not settled', r.payment_id
    FROM payment.refunds r WHERE r.origin = 'operator' AND r.state IN ('requested', 'held', 'submitted')
    UNION ALL
    SELECT 'money: two paid payments for one draft', payment_id
    FROM payment.payments p
    WHERE p.state = 'paid' AND EXISTS (SELECT FROM payment.payments o WHERE o.draft_id = p.draft_id AND o.state = 'paid'
                                       AND o.payment_id <> p.payment_id)
)
SELECT rule, CAST(id AS text) FROM breach ORDER BY rule, id
