-- Deploy fulfillment/operator_cancels: letters that an operator has cancelled, whatever payment says of them later.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- While an operator's word stands, want is 'cancel', and payment's newest word is only written down. An older program
-- that does not know of this is refused by the constraint, and so cannot have such a letter mailed.
ALTER TABLE fulfillment.letters
    ADD COLUMN stopped_by   text,
    ADD COLUMN stopped_at   timestamptz,
    ADD COLUMN payment_want text CONSTRAINT letters_payment_want CHECK (payment_want IN ('mail', 'hold', 'cancel')),
    ADD CONSTRAINT letters_stopped CHECK ((stopped_by IS NULL) = (stopped_at IS NULL)
                                          AND (stopped_by IS NULL) = (payment_want IS NULL)
                                          AND (stopped_by IS NULL OR want = 'cancel'));

-- The list of them: the money for them has not gone back by itself.
CREATE INDEX letters_stopped_by_operators ON fulfillment.letters (payment_id) WHERE stopped_by IS NOT NULL;

GRANT SELECT (stopped_by, stopped_at, payment_want) ON fulfillment.letters TO fsft_readonly;

COMMIT;
