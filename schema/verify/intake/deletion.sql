-- Verify intake/deletion: the index stands, and no draft can be deleted alone.
BEGIN;
SELECT 1 / (to_regclass('intake.intakes_erased_age') IS NOT NULL)::int;
SELECT 1 / (has_table_privilege('intake_rw', 'intake.intakes', 'delete'))::int;
SELECT 1 / (NOT has_table_privilege('intake_rw', 'intake.drafts', 'delete, truncate'))::int;
ROLLBACK;
