-- Revert intake/registry
BEGIN;
DROP TABLE intake.authorities;
DROP TABLE intake.cities;
COMMIT;
