-- Verify payment/retention: the indexes stand, and money that went back cannot be deleted alone.
BEGIN;
SELECT 1 / (to_regclass('payment.payments_age') IS NOT NULL)::int;
SELECT 1 / (to_regclass('payment.stripe_events_ids_age') IS NOT NULL)::int;
SELECT 1 / (has_table_privilege('payment_rw', 'payment.payments', 'delete'))::int;
SELECT 1 / (NOT has_table_privilege('payment_rw', 'payment.refunds', 'delete, truncate'))::int;
SELECT 1 / (NOT has_table_privilege('payment_rw', 'payment.disputes', 'delete, truncate'))::int;
ROLLBACK;
