-- Verify intake/exhibit_removal: a photograph can be hidden, and the service still cannot delete one.
BEGIN;
SELECT removed_at FROM intake.exhibits WHERE false;
SELECT 1 / has_column_privilege('intake_rw', 'intake.exhibits', 'removed_at', 'update')::int;
SELECT 1 / (NOT has_table_privilege('intake_rw', 'intake.exhibits', 'update, delete, truncate'))::int;
ROLLBACK;
