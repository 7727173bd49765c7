-- Deploy intake/key_versions: under which key of the ring a row is wrapped or hashed, and a cheap way to find the old ones.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- '' is a row of a program that did not say.
ALTER TABLE intake.request_keys ADD COLUMN lookup_key_id text NOT NULL DEFAULT '';
CREATE INDEX request_keys_lookup_key ON intake.request_keys (lookup_key_id);

-- Few keys, many rows: equal entries share their space. The id makes a pass over one key's rows resumable at any row.
CREATE INDEX intakes_data_key ON intake.intakes (data_key_id, intake_id) WHERE data_key_id IS NOT NULL;
CREATE INDEX intakes_lookup_key ON intake.intakes (lookup_key_id, intake_id) WHERE lookup_key_id IS NOT NULL;

COMMIT;
