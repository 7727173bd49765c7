-- Revert intake/city_registry. Authorities without an address cannot be kept in the older form; nor can it say that
-- one has left the file.
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP TABLE intake.registry_changes;
DROP TABLE intake.registry_loads;
DELETE FROM intake.authorities WHERE missing_reason <> '';
ALTER TABLE intake.authorities
    DROP CONSTRAINT authorities_agency,
    DROP CONSTRAINT authorities_withdrawn,
    DROP CONSTRAINT authorities_address,
    DROP COLUMN agency,
    DROP COLUMN routes_to,
    DROP COLUMN missing_reason,
    DROP COLUMN certified_required,
    DROP COLUMN power_of_attorney,
    DROP COLUMN blocked_sender_states,
    DROP COLUMN withdrawn,
    ADD CONSTRAINT authorities_name CHECK (length(name) BETWEEN 1 AND 40),
    ADD CONSTRAINT authorities_line1 CHECK (length(address_line1) BETWEEN 1 AND 64),
    ADD CONSTRAINT authorities_zip CHECK (zip ~ '^\d{5}(-\d{4})?$');
ALTER TABLE intake.cities DROP CONSTRAINT cities_blocked_reason, DROP COLUMN blocked_reason;
COMMIT;
