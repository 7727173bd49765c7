-- Verify fulfillment/letters: the tables stand, and the audit trail cannot be rewritten by the service.
BEGIN;
SELECT payment_id, intake_id, draft_id, content_sha256, appeal_type, want, order_version, state, version, reason, generation,
       attempt, unsure_since, last_post_at, next_at, claim, failures, pdf_sealed, pdf_sha256, data_key, data_key_id,
       lob_letter_id, tracking_number, expected_delivery, paid_at, created_at, updated_at, mailed_at
FROM fulfillment.letters WHERE false;
SELECT payment_id, target, version, next_at, claim, failures, created_at FROM fulfillment.outbox WHERE false;
SELECT 1 / (NOT has_table_privilege('fulfillment_rw', 'fulfillment.audit_log', 'update, delete, truncate'))::int;
SELECT 1 / (NOT has_table_privilege('payment_rw', 'fulfillment.letters', 'select, insert, update, delete'))::int;
ROLLBACK;
