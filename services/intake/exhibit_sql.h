#pragma once

#include "shared/db/statement.h"

// The statements of exhibits.
namespace fsft::intake::sql {

// One photograph more, in the next free place. The intake's row is locked first, so uploads side by
// side wait for each other there, and each counts what the one before it has stored. Zero rows: the
// request came before (kAddedExhibit), or the intake takes no more.
inline constexpr db::Statement kAddExhibit = {"intake.add_exhibit", R"sql(
WITH intake AS MATERIALIZED (
  SELECT intake_id, revision FROM intake.intakes
  WHERE intake_id = CAST(:intake_id AS uuid) AND state = 'draft' AND data_key IS NOT NULL AND exhibit_count < 5
  FOR UPDATE
), request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, exhibit_id, expires_at)
  SELECT CAST(:key_hmac AS bytea), CAST(:digest AS bytea), CAST(:lookup_key_id AS text), intake_id,
         CAST(:exhibit_id AS uuid), now() + make_interval(secs => CAST(:key_seconds AS double precision))
  FROM intake
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST(:older_key_hmacs AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      draft_id = NULL, exhibit_id = excluded.exhibit_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id, k.exhibit_id
), counted AS (
  UPDATE intake.intakes i
  SET exhibit_count = i.exhibit_count + 1, revision = i.revision + 1, updated_at = now()
  FROM request r WHERE i.intake_id = r.intake_id
  RETURNING i.intake_id, r.exhibit_id, i.exhibit_count AS position, i.revision
), stored AS (
  INSERT INTO intake.exhibits (exhibit_id, intake_id, position, image_sealed, caption_sealed, sha256, width, height,
                               byte_count)
  SELECT exhibit_id, intake_id, position, CAST(:image AS bytea), CAST(:caption AS bytea), CAST(:sha256 AS bytea),
         CAST(:width AS integer), CAST(:height AS integer), CAST(:byte_count AS integer)
  FROM counted
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'add_exhibit', 'draft', 'draft', revision FROM counted
)
SELECT position FROM counted)sql"};

// Takes a photograph back, and moves up those behind it. Guarded by the revision that the caller has read: after waiting
// for the row's lock, this statement would still see the places as they were before. What a letter that was offered for
// payment may show is hidden and kept, because money for that letter may still arrive; all else is blanked. The request
// that stored it is forgotten, so that the same photograph can come again.
inline constexpr db::Statement kRemoveExhibit = {"intake.remove_exhibit", R"sql(
WITH intake AS MATERIALIZED (
  SELECT intake_id FROM intake.intakes
  WHERE intake_id = CAST(:intake_id AS uuid) AND state = 'draft' AND revision = CAST(:revision AS bigint)
  FOR UPDATE
), chosen AS (
  SELECT e.exhibit_id, e.intake_id, e.position,
         EXISTS (SELECT FROM intake.drafts d
                 WHERE d.intake_id = e.intake_id AND d.is_final AND d.frozen_at >= e.created_at) AS offered
  FROM intake.exhibits e JOIN intake USING (intake_id)
  WHERE e.exhibit_id = CAST(:exhibit_id AS uuid) AND e.removed_at IS NULL
), removed AS (
  UPDATE intake.exhibits e
  SET position = NULL, removed_at = now(),
      image_sealed = CASE WHEN c.offered THEN e.image_sealed END,
      caption_sealed = CASE WHEN c.offered THEN e.caption_sealed END
  FROM chosen c WHERE e.exhibit_id = c.exhibit_id
), moved_up AS (
  UPDATE intake.exhibits e SET position = e.position - 1
  FROM chosen c WHERE e.intake_id = c.intake_id AND e.position > c.position
), requests AS (
  DELETE FROM intake.request_keys k USING chosen c WHERE k.exhibit_id = c.exhibit_id
), counted AS (
  UPDATE intake.intakes i
  SET exhibit_count = i.exhibit_count - 1, revision = i.revision + 1, updated_at = now()
  FROM chosen c WHERE i.intake_id = c.intake_id
  RETURNING i.intake_id, i.revision
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'remove_exhibit', 'draft', 'draft', revision FROM counted
)
SELECT intake_id FROM counted)sql"};

inline constexpr db::Statement kAddedExhibit = {"intake.added_exhibit", R"sql(
SELECT k.key_hmac, k.digest, e.exhibit_id, e.position, e.width, e.height
FROM intake.request_keys k JOIN intake.exhibits e USING (exhibit_id)
WHERE k.key_hmac = ANY (CAST(:key_hmacs AS bytea[])) AND k.expires_at > now()
LIMIT 1)sql"};

inline constexpr db::Statement kIsRemoved = {"intake.exhibit_is_removed", R"sql(
SELECT removed_at IS NOT NULL FROM intake.exhibits
WHERE exhibit_id = CAST(:exhibit_id AS uuid) AND intake_id = CAST(:intake_id AS uuid))sql"};

inline constexpr db::Statement kExhibits = {"intake.exhibits", R"sql(
SELECT exhibit_id, position, width, height, sha256, caption_sealed
FROM intake.exhibits WHERE intake_id = CAST(:intake_id AS uuid) AND removed_at IS NULL
ORDER BY position)sql"};

inline constexpr db::Statement kExhibitImage = {"intake.exhibit_image", R"sql(
SELECT e.intake_id, e.image_sealed, i.data_key, i.data_key_id
FROM intake.exhibits e JOIN intake.intakes i USING (intake_id)
WHERE e.exhibit_id = CAST(:exhibit_id AS uuid))sql"};

}  // namespace fsft::intake::sql
