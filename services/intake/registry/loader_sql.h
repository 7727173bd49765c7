#pragma once

#include "shared/db/statement.h"

// The statements of the program `registry`, which runs as the owner of the tables.
namespace fsft::intake::sql {

// Two operators who load at the same time wait for each other.
inline constexpr db::Statement kLockRegistry = {
    "registry.lock", "LOCK TABLE intake.registry_loads IN SHARE ROW EXCLUSIVE MODE"};

// A city that was blocked by hand, without a code, differs from every file.
inline constexpr db::Statement kStoredCities = {"registry.cities", R"sql(
SELECT city_id, name, state, time_zone,
       CASE WHEN blocked AND blocked_reason = '' THEN 'by_hand' ELSE blocked_reason END
FROM intake.cities ORDER BY city_id)sql"};

inline constexpr db::Statement kStoredSections = {"registry.sections", R"sql(
SELECT city_id, section_id, agency, patterns, appeal_days, name, company, address_line1, address_line2, city, state,
       zip, routes_to, missing_reason, certified_required, power_of_attorney, blocked_sender_states, source,
       coalesce(to_char(verified_on, 'YYYY-MM-DD'), ''), withdrawn
FROM intake.authorities ORDER BY city_id, section_id)sql"};

inline constexpr db::Statement kPutCity = {"registry.put_city", R"sql(
INSERT INTO intake.cities (city_id, name, state, time_zone, blocked, blocked_reason)
VALUES (CAST(:city_id AS text), CAST(:name AS text), CAST(:state AS text), CAST(:time_zone AS text),
        CAST(:blocked_reason AS text) <> '', CAST(:blocked_reason AS text))
ON CONFLICT (city_id) DO UPDATE
SET name = excluded.name, state = excluded.state, time_zone = excluded.time_zone, blocked = excluded.blocked,
    blocked_reason = excluded.blocked_reason)sql"};

inline constexpr db::Statement kPutSection = {"registry.put_section", R"sql(
INSERT INTO intake.authorities (city_id, section_id, agency, patterns, appeal_days, name, company, address_line1,
                                address_line2, city, state, zip, routes_to, missing_reason, certified_required,
                                power_of_attorney, blocked_sender_states, source, verified_on, withdrawn)
VALUES (CAST(:city_id AS text), CAST(:section_id AS text), CAST(:agency AS text), CAST(:patterns AS text[]),
        CAST(:appeal_days AS integer), CAST(:name AS text), CAST(:company AS text), CAST(:line1 AS text),
        CAST(:line2 AS text), CAST(:city AS text), CAST(:state AS text), CAST(:zip AS text),
        CAST(:routes_to AS text), CAST(:missing_reason AS text), CAST(:certified AS boolean),
        CAST(:power_of_attorney AS boolean), CAST(:blocked_states AS text[]), CAST(:source AS text),
        CAST(nullif(CAST(:verified_on AS text), '') AS date), CAST(:withdrawn AS boolean))
ON CONFLICT (city_id, section_id) DO UPDATE
SET agency = excluded.agency, patterns = excluded.patterns, appeal_days = excluded.appeal_days, name = excluded.name,
    company = excluded.company, address_line1 = excluded.address_line1, address_line2 = excluded.address_line2,
    city = excluded.city, state = excluded.state, zip = excluded.zip, routes_to = excluded.routes_to,
    missing_reason = excluded.missing_reason, certified_required = excluded.certified_required,
    power_of_attorney = excluded.power_of_attorney, blocked_sender_states = excluded.blocked_sender_states,
    source = excluded.source, verified_on = excluded.verified_on, withdrawn = excluded.withdrawn)sql"};

inline constexpr db::Statement kRecordLoad = {"registry.record_load", R"sql(
INSERT INTO intake.registry_loads (file_sha256) VALUES (CAST(:sha256 AS bytea)) RETURNING load_id)sql"};

inline constexpr db::Statement kRecordChange = {"registry.record_change", R"sql(
INSERT INTO intake.registry_changes (load_id, city_id, section_id, field, old_value, new_value)
VALUES (CAST(:load_id AS bigint), CAST(:city_id AS text), CAST(:section_id AS text), CAST(:field AS text),
        CAST(:old_value AS text), CAST(:new_value AS text)))sql"};

// Orders that wait for money or for the printer and were frozen by what a later load has changed.
// What only names or explains an authority is left out. A replica goes by the older registry until
// its next look, so an order that was frozen shortly after the load counts too.
inline constexpr db::Statement kAffected = {"registry.affected", R"sql(
SELECT i.intake_id, i.payment_id, i.state, i.city_id, i.section_id,
       to_char(max(l.loaded_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       string_agg(DISTINCT c.field, ' ' ORDER BY c.field)
FROM intake.registry_loads l
JOIN intake.registry_changes c USING (load_id)
JOIN intake.intakes i ON i.city_id = c.city_id AND c.section_id IN ('', i.section_id)
CROSS JOIN LATERAL (SELECT max(frozen_at) AS at FROM intake.drafts d
                    WHERE d.intake_id = i.intake_id AND d.is_final) frozen
WHERE l.loaded_at >= CAST(:since AS timestamptz)
  AND c.field IN ('address', 'appeal_days', 'patterns', 'time_zone', 'blocked_reason', 'certified_required',
                  'power_of_attorney', 'blocked_sender_states', 'withdrawn')
  AND i.state IN ('submitted', 'paid')
  AND frozen.at < l.loaded_at + make_interval(secs => CAST(:staleness AS double precision))
GROUP BY i.intake_id ORDER BY i.intake_id)sql"};

}  // namespace fsft::intake::sql
