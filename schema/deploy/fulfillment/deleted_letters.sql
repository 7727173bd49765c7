-- Deploy fulfillment/deleted_letters: the end of a letter's row, and what must be known of it for ever.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- An id and nothing else: whatever payment says of it later, there was a letter, and there will be no other.
CREATE TABLE fulfillment.deleted_letters (
    payment_id uuid PRIMARY KEY
);
CREATE INDEX letters_age ON fulfillment.letters (created_at, payment_id);

GRANT SELECT, INSERT ON fulfillment.deleted_letters TO fulfillment_rw;
GRANT DELETE ON fulfillment.letters TO fulfillment_rw;
GRANT SELECT ON fulfillment.deleted_letters TO fsft_readonly;

COMMIT;
