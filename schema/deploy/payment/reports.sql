-- Deploy payment/reports: an index behind each number that operators ask for.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- Lists are in the order of the payments' ids, which is the order of the checkouts; an index on the time of the last
-- change would be written with every change.
DROP INDEX payment.payments_review, payment.payments_held, payment.payments_refunded_after_mailing;
CREATE INDEX payments_review ON payment.payments (payment_id) WHERE state = 'review';
CREATE INDEX payments_held ON payment.payments (payment_id) WHERE hold;
CREATE INDEX payments_refunded_after_mailing ON payment.payments (payment_id)
    WHERE mailed_at IS NOT NULL AND refunded_cents >= amount_cents;
CREATE INDEX payments_created ON payment.payments (created_at);
CREATE INDEX payments_unmailed ON payment.payments (paid_at)
    WHERE state = 'paid' AND mailed_at IS NULL AND refunded_cents < amount_cents;
CREATE INDEX refunds_open ON payment.refunds (payment_id) WHERE state IN ('requested', 'held', 'submitted');
CREATE INDEX refunds_of_failed ON payment.refunds (payment_id) WHERE state = 'failed';
CREATE INDEX disputes_open ON payment.disputes (payment_id) WHERE state IN ('inquiry', 'open');

COMMIT;
