-- Revert fulfillment/notifications
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP TRIGGER intend_notifications ON fulfillment.letters;
DROP FUNCTION fulfillment.intend_notifications;
DROP TABLE fulfillment.notifications;
ALTER TABLE fulfillment.letters DROP COLUMN amount_cents, DROP COLUMN currency, DROP COLUMN refunded_cents;
COMMIT;
