-- Revert intake/deletion
BEGIN;
SET LOCAL lock_timeout = '5s';
REVOKE DELETE ON intake.intakes, intake.support_requests FROM intake_rw;
ALTER TABLE intake.exhibits
    DROP CONSTRAINT exhibits_intake_id_fkey,
    ADD CONSTRAINT exhibits_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES intake.intakes;
ALTER TABLE intake.drafts
    DROP CONSTRAINT drafts_intake_id_fkey,
    ADD CONSTRAINT drafts_intake_id_fkey FOREIGN KEY (intake_id) REFERENCES intake.intakes;
DROP INDEX intake.intakes_erased_age;
COMMIT;
