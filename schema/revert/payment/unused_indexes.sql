-- Revert payment/unused_indexes
BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE INDEX refunds_failed ON payment.refunds (updated_at DESC, refund_id DESC) WHERE state = 'failed';
CREATE INDEX refunds_newest ON payment.refunds (created_at DESC, refund_id DESC);
CREATE INDEX disputes_newest ON payment.disputes (created_at DESC, stripe_dispute_id DESC);
COMMIT;
