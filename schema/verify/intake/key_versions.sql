-- Verify intake/key_versions: rows say under which key they are, and the old ones are found by an index.
BEGIN;
SELECT lookup_key_id FROM intake.request_keys WHERE false;
SELECT 1 / (to_regclass('intake.request_keys_lookup_key') IS NOT NULL)::int;
SELECT 1 / (to_regclass('intake.intakes_data_key') IS NOT NULL)::int;
SELECT 1 / (to_regclass('intake.intakes_lookup_key') IS NOT NULL)::int;
ROLLBACK;
