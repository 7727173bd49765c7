-- Revert intake/retention
BEGIN;
SET LOCAL lock_timeout = '5s';
DROP INDEX intake.intakes_unpaid_age, intake.intakes_paid_age, intake.support_requests_age;
COMMIT;
