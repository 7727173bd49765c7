-- Deploy intake/city_registry: what a reviewed file of cities says, and the history of its loads.
BEGIN;
SET LOCAL lock_timeout = '5s';

-- A code; empty where the city is served.
ALTER TABLE intake.cities
    ADD COLUMN blocked_reason text NOT NULL DEFAULT '',
    ADD CONSTRAINT cities_blocked_reason CHECK (blocked OR blocked_reason = '');

ALTER TABLE intake.authorities
    -- The name that people know, e.g. SFMTA; empty in rows from before the first load.
    ADD COLUMN agency                text NOT NULL DEFAULT '',
    -- Another section of the city that takes the letters; the address columns then hold that section's address.
    ADD COLUMN routes_to             text NOT NULL DEFAULT '',
    -- A code. Where no address is known the address columns are empty, and no letter can be ordered.
    ADD COLUMN missing_reason        text NOT NULL DEFAULT '',
    ADD COLUMN certified_required    boolean NOT NULL DEFAULT false,
    ADD COLUMN power_of_attorney     boolean NOT NULL DEFAULT false,
    -- States whose residents may not be served before this authority.
    ADD COLUMN blocked_sender_states text[] NOT NULL DEFAULT '{}',
    -- Left the file. Never deleted, because orders name it; without patterns, so that no number is its.
    ADD COLUMN withdrawn             boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT authorities_agency CHECK (length(agency) <= 40),
    ADD CONSTRAINT authorities_withdrawn CHECK (NOT withdrawn OR patterns = '{}'),
    DROP CONSTRAINT authorities_name,
    DROP CONSTRAINT authorities_line1,
    DROP CONSTRAINT authorities_zip,
    ADD CONSTRAINT authorities_address CHECK (
        CASE WHEN missing_reason = ''
             THEN length(name) BETWEEN 1 AND 40 AND length(address_line1) BETWEEN 1 AND 64 AND zip ~ '^\d{5}(-\d{4})?$'
             ELSE (name, company, address_line1, address_line2, city, zip) = ('', '', '', '', '', '') END);

-- One row for each load that changed something.
CREATE TABLE intake.registry_loads (
    load_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loaded_at   timestamptz NOT NULL DEFAULT now(),
    loaded_by   text NOT NULL DEFAULT session_user,
    file_sha256 bytea NOT NULL CONSTRAINT registry_loads_sha256 CHECK (length(file_sha256) = 32)
);

-- What was said of which authority, and since when. An order keeps the address that it was frozen with, so this also
-- tells which waiting orders go by what no longer holds.
CREATE TABLE intake.registry_changes (
    load_id    bigint NOT NULL REFERENCES intake.registry_loads,
    city_id    text NOT NULL,
    -- Empty for what belongs to the city itself.
    section_id text NOT NULL,
    field      text NOT NULL,
    -- Null where it is new.
    old_value  text,
    new_value  text NOT NULL,
    PRIMARY KEY (load_id, city_id, section_id, field)
);

GRANT SELECT ON intake.registry_loads, intake.registry_changes TO fsft_readonly;

COMMIT;
