-- Deploy payment/unused_indexes: operators' lists go by the payments' ids, so nothing reads these.
BEGIN;
SET LOCAL lock_timeout = '5s';

DROP INDEX payment.refunds_failed, payment.refunds_newest, payment.disputes_newest;

COMMIT;
