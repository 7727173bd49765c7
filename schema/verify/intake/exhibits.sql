-- Verify intake/exhibits: the table stands, and the service cannot change an exhibit.
BEGIN;
SELECT exhibit_id, intake_id, position, image_sealed, caption_sealed, sha256, width, height, byte_count, created_at
FROM intake.exhibits WHERE false;
SELECT exhibit_count FROM intake.intakes WHERE false;
SELECT exhibit_id FROM intake.request_keys WHERE false;
SELECT 1 / (NOT has_table_privilege('intake_rw', 'intake.exhibits', 'update, delete, truncate'))::int;
ROLLBACK;
