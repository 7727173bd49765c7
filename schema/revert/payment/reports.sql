-- Revert payment/reports
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX payment.disputes_open, payment.refunds_of_failed, payment.refunds_open, payment.payments_unmailed,
           payment.payments_created, payment.payments_refunded_after_mailing, payment.payments_held, payment.payments_review;
CREATE INDEX payments_review ON payment.payments (updated_at DESC, payment_id DESC) WHERE state = 'review';
CREATE INDEX payments_held ON payment.payments (updated_at DESC, payment_id DESC) WHERE hold;
CREATE INDEX payments_refunded_after_mailing ON payment.payments (updated_at DESC, payment_id DESC)
    WHERE refunded_cents > 0 AND mailed_at IS NOT NULL;
COMMIT;
