-- Verify intake/registry: San Francisco can be served.
BEGIN;
SELECT 1 / count(*) FROM intake.authorities JOIN intake.cities USING (city_id)
WHERE city_id = 'us-ca-san_francisco' AND section_id = 'sfmta';
ROLLBACK;
