-- Deploy payment/retention: finds what has been kept for long enough, and lets payments end.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- Of the old ones few are left, so it needs no condition.
CREATE INDEX payments_age ON payment.payments (created_at, payment_id);
CREATE INDEX stripe_events_ids_age ON payment.stripe_events (received_at, event_id)
    WHERE session_id IS NOT NULL OR payment_intent IS NOT NULL OR object_id IS NOT NULL;

-- Refunds and disputes end with their payment and never alone: the service has no right to delete them.
ALTER TABLE payment.refunds
    DROP CONSTRAINT refunds_payment_id_fkey,
    ADD CONSTRAINT refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment.payments ON DELETE CASCADE;
ALTER TABLE payment.disputes
    DROP CONSTRAINT disputes_payment_id_fkey,
    ADD CONSTRAINT disputes_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES payment.payments ON DELETE CASCADE;

GRANT DELETE ON payment.payments TO payment_rw;

COMMIT;
