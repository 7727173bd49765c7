-- Verify intake/intakes: the tables stand, and the audit trail cannot be rewritten by the service.
BEGIN;
SELECT intake_id, state, city_id, section_id, payment_id, order_version, data_key, data_key_id, person_sealed,
       citation_hmac, email_hmac, lookup_key_id, token_version, created_at, updated_at, submitted_at, paid_at, fulfilled_at
FROM intake.intakes WHERE false;
SELECT draft_id, intake_id, version, appeal_type, submission_sealed, content_sha256, is_final, created_at, frozen_at
FROM intake.drafts WHERE false;
SELECT key_hmac, digest, intake_id, draft_id, expires_at FROM intake.request_keys WHERE false;
SELECT 1 / (has_table_privilege('intake_rw', 'intake.audit_log', 'insert'))::int;
SELECT 1 / (NOT has_table_privilege('intake_rw', 'intake.audit_log', 'update, delete, truncate'))::int;
SELECT 1 / (NOT has_table_privilege('payment_rw', 'intake.intakes', 'select, insert, update, delete'))::int;
ROLLBACK;
