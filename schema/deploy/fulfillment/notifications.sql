-- Deploy fulfillment/notifications: what customers are written to about, and how far that is.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE fulfillment.letters
    -- What was paid, and what of it has gone back, for the words of emails; 0 and empty where payment has not told.
    ADD COLUMN amount_cents   bigint NOT NULL DEFAULT 0 CONSTRAINT letters_amount CHECK (amount_cents >= 0),
    ADD COLUMN currency       text NOT NULL DEFAULT '',
    ADD COLUMN refunded_cents bigint NOT NULL DEFAULT 0 CONSTRAINT letters_refunded CHECK (refunded_cents >= 0);

-- One row is one intended email: at most one for each payment and kind, for ever. Nothing personal is in it: the address
-- is asked for when it is sent. It goes with its letter.
CREATE TABLE fulfillment.notifications (
    payment_id uuid NOT NULL REFERENCES fulfillment.letters ON DELETE CASCADE,
    kind       text NOT NULL CONSTRAINT notifications_kind
               CHECK (kind IN ('paid', 'mailed', 'delivered', 'returned', 'refunded', 'failed')),
    -- failed: refused for good, or tried too often. skipped: nobody was to be written to.
    state      text NOT NULL DEFAULT 'pending' CONSTRAINT notifications_state
               CHECK (state IN ('pending', 'sent', 'failed', 'skipped')),
    -- A code for operators: why it waits, failed or was skipped.
    reason     text NOT NULL DEFAULT '',
    -- When a worker is to look at it; while it is claimed, the end of the lease. claim is the fencing token.
    next_at    timestamptz NOT NULL DEFAULT now(),
    claim      bigint NOT NULL DEFAULT 0,
    failures   integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz,
    PRIMARY KEY (payment_id, kind),
    CONSTRAINT notifications_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT notifications_reason CHECK (state NOT IN ('failed', 'skipped') OR reason <> '')
);
-- Only what waits is in them, so they stay small whatever the history is.
CREATE INDEX notifications_due ON fulfillment.notifications (next_at) WHERE state = 'pending';
CREATE INDEX notifications_waiting ON fulfillment.notifications (created_at) WHERE state = 'pending';

-- What has happened before there were emails is told by none.
UPDATE fulfillment.letters l
SET amount_cents = p.amount_cents, currency = p.currency, refunded_cents = p.refunded_cents
FROM payment.payments p WHERE p.payment_id = l.payment_id;
INSERT INTO fulfillment.notifications (payment_id, kind, state, reason)
SELECT payment_id, news.kind, 'skipped', 'before_emails'
FROM fulfillment.letters CROSS JOIN LATERAL (VALUES
    ('paid', paid_at IS NOT NULL),
    ('mailed', mailed_at IS NOT NULL),
    ('delivered', state = 'delivered'),
    ('returned', state = 'returned'),
    ('failed', state IN ('dead_letter', 'failed_at_printer')),
    ('refunded', refunded_cents > 0)
) AS news (kind, has_happened)
WHERE news.has_happened;

-- A trigger, so that no statement that moves a letter, of today or of tomorrow, can forget it; and in the same
-- transaction, so that no email is lost or sent of what never happened. It writes the intention and nothing else: who is
-- written to, whether and what is decided when it is sent.
CREATE FUNCTION fulfillment.intend_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fulfillment.notifications (payment_id, kind)
    SELECT new.payment_id, news.kind
    FROM (VALUES
        ('paid', new.paid_at IS NOT NULL AND new.want = 'mail' AND old.want IS DISTINCT FROM 'mail'),
        ('refunded', new.refunded_cents > coalesce(old.refunded_cents, 0)),
        (CASE WHEN new.state IN ('mailed', 'in_transit') THEN 'mailed'
              WHEN new.state IN ('delivered', 'returned') THEN new.state END,
         new.state IS DISTINCT FROM old.state),
        ('failed', new.state IN ('dead_letter', 'failed_at_printer') AND new.want <> 'cancel'
                   AND (new.state IS DISTINCT FROM old.state OR new.want IS DISTINCT FROM old.want))
    ) AS news (kind, is_new)
    WHERE news.is_new AND news.kind IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER intend_notifications AFTER INSERT OR UPDATE OF state, want, refunded_cents ON fulfillment.letters
    FOR EACH ROW EXECUTE FUNCTION fulfillment.intend_notifications();

GRANT SELECT, INSERT, DELETE ON fulfillment.notifications TO fulfillment_rw;
GRANT UPDATE (state, reason, next_at, claim, failures, sent_at) ON fulfillment.notifications TO fulfillment_rw;
GRANT SELECT ON fulfillment.notifications TO fsft_readonly;
GRANT SELECT (amount_cents, currency, refunded_cents) ON fulfillment.letters TO fsft_readonly;

COMMIT;
