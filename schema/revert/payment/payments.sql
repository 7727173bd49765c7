-- Revert payment/payments
BEGIN;
DROP TABLE payment.audit_log;
DROP TABLE payment.outbox;
DROP TABLE payment.stripe_events;
DROP FUNCTION payment.want(text, bigint, bigint, bigint, text, boolean);
DROP TABLE payment.payments;
COMMIT;
