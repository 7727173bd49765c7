-- Verify intake/city_registry: the columns and the history stand, and the service only reads what it goes by.
BEGIN;
SELECT blocked_reason FROM intake.cities WHERE false;
SELECT agency, routes_to, missing_reason, certified_required, power_of_attorney, blocked_sender_states, withdrawn
FROM intake.authorities WHERE false;
SELECT load_id, loaded_at, loaded_by, file_sha256 FROM intake.registry_loads WHERE false;
SELECT load_id, city_id, section_id, field, old_value, new_value FROM intake.registry_changes WHERE false;
SELECT 1 / (NOT has_table_privilege('intake_rw', 'intake.authorities', 'insert, update, delete'))::int;
SELECT 1 / (NOT has_table_privilege('intake_rw', 'intake.registry_changes', 'insert, update, delete'))::int;
ROLLBACK;
