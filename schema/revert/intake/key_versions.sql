-- Revert intake/key_versions
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX intake.intakes_lookup_key;
DROP INDEX intake.intakes_data_key;
DROP INDEX intake.request_keys_lookup_key;
ALTER TABLE intake.request_keys DROP COLUMN lookup_key_id;
COMMIT;
