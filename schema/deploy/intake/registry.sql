-- Deploy intake/registry: which cities are served, and where their appeals go.
BEGIN;
SET LOCAL lock_timeout = '5s';

CREATE TABLE intake.cities (
    city_id   text PRIMARY KEY CONSTRAINT cities_id CHECK (city_id ~ '^us-[a-z]{2}-[a-z_]+$'),
    name      text NOT NULL,
    state     char(2) NOT NULL,
    -- IANA name: deadlines are counted in the city's own days.
    time_zone text NOT NULL,
    blocked   boolean NOT NULL DEFAULT false
);

-- Lengths are what the printer takes: an address that is too long must fail here and not after the money.
CREATE TABLE intake.authorities (
    city_id       text NOT NULL REFERENCES intake.cities,
    section_id    text NOT NULL CONSTRAINT authorities_section CHECK (section_id ~ '^[a-z0-9_]+$'),
    -- Regular expressions on the normalised citation number.
    patterns      text[] NOT NULL,
    appeal_days   integer NOT NULL CONSTRAINT authorities_days CHECK (appeal_days BETWEEN 1 AND 365),
    name          text NOT NULL CONSTRAINT authorities_name CHECK (length(name) BETWEEN 1 AND 40),
    company       text NOT NULL DEFAULT '' CONSTRAINT authorities_company CHECK (length(company) <= 40),
    address_line1 text NOT NULL CONSTRAINT authorities_line1 CHECK (length(address_line1) BETWEEN 1 AND 64),
    address_line2 text NOT NULL DEFAULT '' CONSTRAINT authorities_line2 CHECK (length(address_line2) <= 64),
    city          text NOT NULL,
    state         char(2) NOT NULL,
    zip           text NOT NULL CONSTRAINT authorities_zip CHECK (zip ~ '^\d{5}(-\d{4})?$'),
    source        text NOT NULL,
    -- When somebody last confirmed this row with the authority; null is unverified.
    verified_on   date,
    PRIMARY KEY (city_id, section_id)
);

INSERT INTO intake.cities (city_id, name, state, time_zone)
VALUES ('us-ca-san_francisco', 'San Francisco', 'CA', 'America/Los_Angeles');

INSERT INTO intake.authorities
    (city_id, section_id, patterns, appeal_days, name, address_line1, address_line2, city, state, zip, source)
VALUES ('us-ca-san_francisco', 'sfmta', ARRAY['^9\d{8}$', '^(SFMTA|MT)\d{8}$'], 21, 'SFMTA Citation Review',
        '11 South Van Ness Avenue', '7th Floor', 'San Francisco', 'CA', '94103', 'predecessor, 2026-01');

GRANT SELECT ON intake.cities, intake.authorities TO intake_rw, fsft_readonly;

COMMIT;
