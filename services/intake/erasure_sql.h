#pragma once

#include "shared/db/statement.h"

// The statements that forget a person.
namespace fsft::intake::sql {

// Held until the commit, so that the ledger's numbers appear in their order: fulfillment reads on
// from the last number that it has seen. Erasures are few.
inline constexpr db::Statement kLockErasures = {"intake.lock_erasures", R"sql(
SELECT 1 FROM pg_advisory_xact_lock(hashtext('intake.erasures')))sql"};

// Locks these intakes and answers of each whether it may be erased now. One that was submitted after
// the last order that was heard of may be at the checkout again, whose session ends within a day. With
// idle days, one that the customer may still pay for must have been left alone for as long.
inline constexpr db::Statement kErasable = {"intake.erasable", R"sql(
SELECT intake_id, erased_at, data_key IS NULL,
       CASE WHEN payment_id IS NULL OR state = 'submitted' AND submitted_at > erasable_from THEN state IN ('draft', 'abandoned') OR submitted_at < now() - interval '2 days'
            ELSE erasable_from IS NOT NULL AND erasable_from <= now() END
       AND (CAST(:idle_days AS integer) = 0 OR state NOT IN ('draft', 'submitted')
            OR updated_at < now() - make_interval(days => CAST(:idle_days AS integer)))
FROM intake.intakes WHERE intake_id = ANY (CAST(:ids AS uuid[]))
ORDER BY intake_id FOR UPDATE)sql"};

// Forgets the keys, which is what makes the rest unreadable, in backups of these tables too once they are gone; and
// blanks the rest, so that a key that somebody has copied opens nothing here. The caller holds the rows' locks.
inline constexpr db::Statement kErase = {"intake.erase", R"sql(
WITH before AS (
  SELECT intake_id, state FROM intake.intakes WHERE intake_id = ANY (CAST(:ids AS uuid[]))
), forgotten AS (
  UPDATE intake.intakes i
  SET data_key = NULL, data_key_id = NULL, person_sealed = NULL, citation_hmac = NULL, email_hmac = NULL,
      lookup_key_id = NULL, token_version = i.token_version + 1, revision = i.revision + 1, erased_at = now(),
      updated_at = now(),
      state = CASE WHEN i.state IN ('draft', 'submitted') THEN 'abandoned' ELSE i.state END
  FROM before b WHERE i.intake_id = b.intake_id
  RETURNING i.intake_id, i.payment_id, b.state AS from_state, i.state AS to_state, i.order_version AS version
), drafts AS (
  UPDATE intake.drafts d SET submission_sealed = NULL FROM forgotten f WHERE d.intake_id = f.intake_id
), exhibits AS (
  UPDATE intake.exhibits e SET image_sealed = NULL, caption_sealed = NULL FROM forgotten f
  WHERE e.intake_id = f.intake_id
), requests AS (
  DELETE FROM intake.request_keys k USING forgotten f WHERE k.intake_id = f.intake_id
), questions AS (
  UPDATE intake.support_requests s SET data_key = NULL, data_key_id = NULL, text_sealed = NULL, erased_at = now()
  FROM forgotten f WHERE s.intake_id = f.intake_id AND s.data_key IS NOT NULL
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, CAST(:actor AS text), 'erase', from_state, to_state, version FROM forgotten
), listed AS (
  INSERT INTO intake.erasures (intake_id, actor) SELECT intake_id, CAST(:actor AS text) FROM forgotten ORDER BY intake_id
)
SELECT intake_id, now() FROM forgotten)sql"};

// Of these, the ones that can still be read.
inline constexpr db::Statement kNotErased = {"intake.not_erased", R"sql(
SELECT intake_id FROM intake.intakes WHERE intake_id = ANY (CAST(:ids AS uuid[])) AND data_key IS NOT NULL)sql"};

inline constexpr db::Statement kErasures = {"intake.erasures", R"sql(
SELECT sequence, intake_id FROM intake.erasures WHERE sequence > CAST(:after AS bigint)
ORDER BY sequence LIMIT CAST(:limit AS integer))sql"};

inline constexpr db::Statement kRevokeToken = {"intake.revoke_token", R"sql(
WITH revoked AS (
  UPDATE intake.intakes SET token_version = token_version + 1, updated_at = now()
  WHERE intake_id = CAST(:intake_id AS uuid)
  RETURNING intake_id, state, order_version
), trail AS (
  INSERT INTO intake.audit_log (intake_id, actor, action, from_state, to_state, version)
  SELECT intake_id, CAST(:actor AS text), 'revoke_token', state, state, order_version FROM revoked
)
SELECT intake_id FROM revoked)sql"};

}  // namespace fsft::intake::sql
