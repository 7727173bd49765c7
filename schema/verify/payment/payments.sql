-- Verify payment/payments: the tables stand, want() knows its words, and the audit trail cannot be rewritten.
BEGIN;
SELECT payment_id, intake_id, draft_id, content_sha256, state, version, appeal_type, amount_cents, currency, product_name,
       success_url, cancel_url, session_expires_at, stripe_session_id, checkout_url, stripe_payment_intent,
       stripe_customer_id, receipt_url, refunded_cents, refund_reserved_cents, dispute, hold, delivery_state,
       delivery_version, letter_id, tracking_number, expected_delivery, mailed_at, created_at, updated_at, paid_at, ended_at
FROM payment.payments WHERE false;
SELECT event_id, created_at, type, outcome, payment_id, session_id, payment_intent, amount_cents, currency, livemode,
       received_at FROM payment.stripe_events WHERE false;
SELECT payment_id, target, version, next_at, claim, failures, created_at FROM payment.outbox WHERE false;
SELECT 1 / (payment.want('paid', 989, 0, 0, 'none', false) = 'mail')::int;
SELECT 1 / (NOT has_table_privilege('payment_rw', 'payment.audit_log', 'update, delete, truncate'))::int;
SELECT 1 / (NOT has_table_privilege('fulfillment_rw', 'payment.payments', 'select, insert, update, delete'))::int;
ROLLBACK;
