-- Deploy intake/deletion: lets the rows of erased intakes end.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE INDEX intakes_erased_age ON intake.intakes (created_at, intake_id) WHERE data_key_id IS NULL;

-- Drafts and exhibits end with their intake and never alone: the service has no right to delete them. What was paid for
-- is held by the payment.
ALTER TABLE intake.drafts
    DROP CONSTRAINT drafts_intake_id_fkey,
    ADD CONSTRAINT drafts_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES intake.intakes ON DELETE CASCADE;
ALTER TABLE intake.exhibits
    DROP CONSTRAINT exhibits_intake_id_fkey,
    ADD CONSTRAINT exhibits_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES intake.intakes ON DELETE CASCADE;

GRANT DELETE ON intake.intakes, intake.support_requests TO intake_rw;

COMMIT;
