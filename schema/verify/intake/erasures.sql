-- Verify intake/erasures: the ledger stands, and the service cannot rewrite it.
BEGIN;
SELECT erasable_from, erased_at FROM intake.intakes WHERE false;
SELECT sequence, intake_id, erased_at, actor FROM intake.erasures WHERE false;
SELECT 1 / (NOT has_table_privilege('intake_rw', 'intake.erasures', 'update, delete, truncate'))::int;
ROLLBACK;
