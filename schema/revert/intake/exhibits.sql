-- Revert intake/exhibits
BEGIN;
SET LOCAL lock_timeout = '5s';
DELETE FROM intake.request_keys WHERE exhibit_id IS NOT NULL;
ALTER TABLE intake.request_keys DROP COLUMN exhibit_id;
ALTER TABLE intake.intakes DROP COLUMN exhibit_count;
DROP TABLE intake.exhibits;
COMMIT;
