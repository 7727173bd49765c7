-- Deploy payment/delivery_times: when the mail says that a letter was delivered, or sent back.
BEGIN;
SET LOCAL lock_timeout = '5s';

ALTER TABLE payment.payments
    ADD COLUMN delivered_at timestamptz,
    ADD COLUMN returned_at  timestamptz;

COMMIT;
