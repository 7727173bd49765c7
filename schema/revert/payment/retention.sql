-- Revert payment/retention
BEGIN;
SET LOCAL lock_timeout = '5s';
REVOKE DELETE ON payment.payments FROM payment_rw;
ALTER TABLE payment.disputes
    DROP CONSTRAINT disputes_payment_id_fkey,
    ADD CONSTRAINT disputes_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment.payments;
ALTER TABLE payment.refunds
    DROP CONSTRAINT refunds_payment_id_fkey,
    ADD CONSTRAINT refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment.payments;
DROP INDEX payment.stripe_events_ids_age, payment.payments_age;
COMMIT;
