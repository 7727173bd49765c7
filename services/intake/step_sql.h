#pragma once

#include "shared/db/statement.h"

// The statements of appeals that are made step by step. Each change is guarded by the state and the
// revision that the caller has read, under a lock of the row; zero rows: it came again, or the
// intake is not as it was read any more.
namespace fsft::intake::sql {

inline constexpr db::Statement kBegin = {"intake.begin", R"sql(
WITH request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, expires_at)
  SELECT CAST(:key_hmac AS bytea), CAST(:digest AS bytea), CAST(:lookup_key_id AS text), CAST(:intake_id AS uuid),
         now() + make_interval(secs => CAST(:key_seconds AS double precision))
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST(:older_key_hmacs AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id
), stored AS (
  INSERT INTO intake.intakes (intake_id, state, data_key, data_key_id, person_sealed, citation_hmac, email_hmac,
                              lookup_key_id)
  SELECT intake_id, 'draft', CAST(:data_key AS bytea), CAST(:data_key_id AS text), CAST(:person AS bytea),
         CAST(:citation_hmac AS bytea), CAST(:email_hmac AS bytea), CAST(:lookup_key_id AS text)
  FROM request
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, to_state, version)
  SELECT intake_id, 'customer', 'begin', 'draft', 1 FROM request
)
SELECT intake_id FROM request)sql"};

inline constexpr db::Statement kBegun = {"intake.begun", R"sql(
SELECT k.key_hmac, k.digest, k.intake_id, i.token_version
FROM intake.request_keys k JOIN intake.intakes i USING (intake_id)
WHERE k.key_hmac = ANY (CAST(:key_hmacs AS bytea[])) AND k.expires_at > now()
LIMIT 1)sql"};

// The intake as it stands, with its newest draft.
inline constexpr db::Statement kWorkingCopy = {"intake.working_copy", R"sql(
SELECT i.state, i.revision, i.token_version, i.payment_id, i.data_key, i.data_key_id, i.person_sealed,
       i.exhibit_count, d.draft_id, d.version, d.appeal_type, d.is_final, d.submission_sealed, d.content_sha256
FROM intake.intakes i
LEFT JOIN LATERAL (SELECT * FROM intake.drafts WHERE intake_id = i.intake_id ORDER BY version DESC LIMIT 1) d ON true
WHERE i.intake_id = CAST(:intake_id AS uuid))sql"};

// Changes the person. Where the newest draft is frozen, the letter goes on as a new one.
inline constexpr db::Statement kChange = {"intake.change", R"sql(
WITH intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST(:intake_id AS uuid) AND state = CAST(:state AS text)
    AND revision = CAST(:revision AS bigint)
  FOR UPDATE
), changed AS (
  UPDATE intake.intakes i
  SET state = 'draft', revision = i.revision + 1, person_sealed = CAST(:person AS bytea),
      citation_hmac = CAST(:citation_hmac AS bytea), email_hmac = CAST(:email_hmac AS bytea),
      lookup_key_id = CAST(:lookup_key_id AS text), updated_at = now()
  FROM intake WHERE i.intake_id = intake.intake_id
  RETURNING i.intake_id
), draft AS (
  INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, submission_sealed)
  SELECT CAST(:draft_id AS uuid), intake_id, CAST(:version AS integer), CAST(:appeal_type AS text),
         CAST(:submission AS bytea)
  FROM changed WHERE CAST(:draft_id AS uuid) IS NOT NULL
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'change', state, 'draft', revision + 1 FROM intake
)
SELECT intake_id FROM changed)sql"};

inline constexpr db::Statement kSaveDraft = {"intake.save_draft", R"sql(
WITH intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST(:intake_id AS uuid) AND state = CAST(:state AS text)
    AND revision = CAST(:revision AS bigint)
  FOR UPDATE
), request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, draft_id, expires_at)
  SELECT CAST(:key_hmac AS bytea), CAST(:digest AS bytea), CAST(:lookup_key_id AS text), intake_id,
         CAST(:draft_id AS uuid), now() + make_interval(secs => CAST(:key_seconds AS double precision))
  FROM intake
  WHERE NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST(:older_key_hmacs AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      draft_id = excluded.draft_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id, k.draft_id
), changed AS (
  UPDATE intake.intakes i SET state = 'draft', revision = i.revision + 1, updated_at = now()
  FROM request WHERE i.intake_id = request.intake_id
), draft AS (
  INSERT INTO intake.drafts (draft_id, intake_id, version, appeal_type, submission_sealed)
  SELECT draft_id, intake_id, CAST(:version AS integer), CAST(:appeal_type AS text), CAST(:submission AS bytea)
  FROM request
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'save_draft', intake.state, 'draft', intake.revision + 1
  FROM intake JOIN request USING (intake_id)
)
SELECT draft_id FROM request)sql"};

inline constexpr db::Statement kSavedDraft = {"intake.saved_draft", R"sql(
SELECT k.key_hmac, k.digest, k.draft_id, d.version
FROM intake.request_keys k JOIN intake.drafts d USING (draft_id)
WHERE k.key_hmac = ANY (CAST(:key_hmacs AS bytea[])) AND k.expires_at > now()
LIMIT 1)sql"};

// Freezes a letter for payment: the draft that is there, or a new one. The rest is as kSubmit, which
// does the same for an appeal that comes whole.
inline constexpr db::Statement kFreeze = {"intake.freeze", R"sql(
WITH paid_before AS (
  SELECT FROM intake.intakes
  WHERE citation_hmac = ANY (CAST(:citation_hmacs AS bytea[]))
    AND coalesce(email_hmac, '') = ANY (CAST(:email_hmacs AS bytea[]))
    AND state IN ('paid', 'fulfilled') AND paid_at > now() - interval '30 days'
    AND NOT CAST(:allow_duplicate AS boolean)
), intake AS MATERIALIZED (
  SELECT intake_id, state, revision FROM intake.intakes
  WHERE intake_id = CAST(:intake_id AS uuid) AND state = CAST(:state AS text)
    AND revision = CAST(:revision AS bigint)
  FOR UPDATE
), request AS (
  INSERT INTO intake.request_keys AS k (key_hmac, digest, lookup_key_id, intake_id, draft_id, expires_at)
  SELECT CAST(:key_hmac AS bytea), CAST(:digest AS bytea), CAST(:lookup_key_id AS text), intake_id,
         CAST(:draft_id AS uuid), now() + make_interval(secs => CAST(:key_seconds AS double precision))
  FROM intake
  WHERE NOT EXISTS (SELECT FROM paid_before)
    AND NOT EXISTS (SELECT FROM intake.request_keys
                    WHERE key_hmac = ANY (CAST(:older_key_hmacs AS bytea[])) AND expires_at > now())
  ON CONFLICT (key_hmac) DO UPDATE
  SET digest = excluded.digest, lookup_key_id = excluded.lookup_key_id, intake_id = excluded.intake_id,
      draft_id = excluded.draft_id, expires_at = excluded.expires_at
  WHERE k.expires_at <= now()
  RETURNING k.intake_id, k.draft_id
), frozen AS (
  INSERT INTO intake.drafts AS d (draft_id, intake_id, version, appeal_type, submission_sealed, content_sha256, is_final,
                                  frozen_at)
  SELECT draft_id, intake_id, CAST(:version AS integer), CAST(:appeal_type AS text), CAST(:submission AS bytea),
         CAST(:sha256 AS bytea), true, now()
  FROM request
  ON CONFLICT (draft_id) DO UPDATE
  SET appeal_type = excluded.appeal_type, submission_sealed = excluded.submission_sealed,
      content_sha256 = excluded.content_sha256, is_final = true, frozen_at = excluded.frozen_at
  WHERE NOT d.is_final
), changed AS (
  UPDATE intake.intakes i
  SET state = 'submitted', revision = i.revision + 1, city_id = CAST(:city_id AS text),
      section_id = CAST(:section_id AS text), person_sealed = CAST(:person AS bytea),
      citation_hmac = CAST(:citation_hmac AS bytea), email_hmac = CAST(:email_hmac AS bytea),
      lookup_key_id = CAST(:lookup_key_id AS text), submitted_at = now(), updated_at = now()
  FROM request WHERE i.intake_id = request.intake_id
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, 'customer', 'submit', intake.state, 'submitted', intake.revision + 1
  FROM intake JOIN request USING (intake_id)
)
SELECT draft_id, set_config('synchronous_commit', 'off', true) FROM request)sql",
                                          db::Durability::kWithNext};

}  // namespace fsft::intake::sql
