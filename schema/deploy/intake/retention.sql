-- Deploy intake/retention: finds what has been kept for long enough.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- By the time of the row, which never changes: an index on the time of the order's last news would have to be written
-- with every step of every order.
CREATE INDEX intakes_unpaid_age ON intake.intakes (created_at, intake_id) WHERE data_key_id IS NOT NULL AND payment_id IS NULL;
CREATE INDEX intakes_paid_age ON intake.intakes (created_at, intake_id) WHERE data_key_id IS NOT NULL AND payment_id IS NOT NULL;
CREATE INDEX support_requests_age ON intake.support_requests (created_at, support_id) WHERE data_key_id IS NOT NULL;

COMMIT;
