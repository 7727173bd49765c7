-- Verify fulfillment/mailing_rule: the columns and the table stand, and a pause can be ended but not rewritten.
BEGIN;
SELECT misses, missed_at FROM fulfillment.letters WHERE false;
SELECT pause_id, cause, key_fingerprint, paused_at, paused_by, resumed_at, resumed_by FROM fulfillment.mailing_pauses WHERE false;
SELECT 1 / (NOT has_table_privilege('fulfillment_rw', 'fulfillment.mailing_pauses', 'update, delete, truncate'))::int;
ROLLBACK;
