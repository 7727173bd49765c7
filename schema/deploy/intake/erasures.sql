-- Deploy intake/erasures: forgetting a person, and whom we have forgotten.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE intake.intakes
    -- Payment's word on when the newest order is history; null while it is not, and while there is none.
    ADD COLUMN erasable_from timestamptz,
    ADD COLUMN erased_at     timestamptz,
    ADD CONSTRAINT intakes_erased CHECK (erased_at IS NULL OR (data_key IS NULL AND citation_hmac IS NULL
                                                               AND email_hmac IS NULL));
UPDATE intake.intakes i
SET erasable_from = payment.final_at(p.state, p.amount_cents, p.refunded_cents, p.delivery_state, p.mailed_at, p.ended_at,
                                     p.updated_at)
FROM payment.payments p WHERE p.payment_id = i.payment_id;

-- Erasing forgets the key of photographs; the bytes go too.
ALTER TABLE intake.exhibits ALTER COLUMN image_sealed DROP NOT NULL;

-- The ledger: ids and times only. Fulfillment reads it in the order of the sequence, so rows are inserted under a lock
-- that lasts until the commit: a smaller number never appears after a greater one.
CREATE TABLE intake.erasures (
    sequence  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intake_id uuid NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    actor     text NOT NULL
);

GRANT SELECT, INSERT ON intake.erasures TO intake_rw;
GRANT UPDATE (image_sealed, caption_sealed) ON intake.exhibits TO intake_rw;
GRANT SELECT ON intake.erasures TO fsft_readonly;
GRANT SELECT (erasable_from, erased_at) ON intake.intakes TO fsft_readonly;

COMMIT;
