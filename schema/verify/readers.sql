-- Verify readers
BEGIN;
SELECT 1 / has_table_privilege(role, 'sqitch.changes', 'SELECT')::integer
FROM unnest(ARRAY['intake_rw', 'payment_rw', 'fulfillment_rw']) AS role;
ROLLBACK;
