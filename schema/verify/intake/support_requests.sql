-- Verify intake/support_requests: questions are stored sealed, and reports cannot read them.
BEGIN;
SELECT support_id, payment_id, intake_id, data_key, data_key_id, text_sealed, created_at, erased_at
FROM intake.support_requests WHERE false;
SELECT 1 / (NOT has_column_privilege('fsft_readonly', 'intake.support_requests', 'text_sealed', 'select'))::int;
ROLLBACK;
