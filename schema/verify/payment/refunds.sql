-- Verify payment/refunds
BEGIN;
SELECT refund_id, payment_id, origin, state, amount_cents, is_whole, reason, is_forced, is_after_mailing, actor,
       request_key, request_digest, request_expires_at, stripe_refund_id, failure, created_at, updated_at, posted_at,
       settled_at, next_at, claim, failures
FROM payment.refunds WHERE false;
SELECT stripe_dispute_id, payment_id, state, created_at, updated_at FROM payment.disputes WHERE false;
SELECT charge_refunded_cents FROM payment.payments WHERE false;
SELECT object_id, object_status, source FROM payment.stripe_events WHERE false;
SELECT payment_intent FROM payment.unmatched_events WHERE false;
SELECT 1 / (b.refunded = 100 AND b.reserved = 0 AND b.dispute = 'none')::int
FROM payment.balance_of(gen_random_uuid(), 989, 100) AS b;
ROLLBACK;
