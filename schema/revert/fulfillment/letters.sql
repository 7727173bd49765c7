-- Revert fulfillment/letters
BEGIN;
DROP TABLE fulfillment.audit_log;
DROP TABLE fulfillment.outbox;
DROP TABLE fulfillment.letters;
COMMIT;
