-- Revert payment/refunds
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX payment.payments_refunded_after_mailing, payment.payments_held, payment.payments_review,
           payment.unmatched_events_intent;
ALTER TABLE payment.unmatched_events DROP COLUMN payment_intent;
ALTER TABLE payment.stripe_events DROP COLUMN source, DROP COLUMN object_status, DROP COLUMN object_id;
DROP FUNCTION payment.balance_of(uuid, bigint, bigint);
ALTER TABLE payment.payments DROP COLUMN charge_refunded_cents;
DROP TABLE payment.disputes, payment.refunds;
COMMIT;
